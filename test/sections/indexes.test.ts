import { describe, expect, it } from 'vitest';
import type { CollectionSource, FindPlan } from '../../src/database/collection-source.js';
import type { Sources } from '../../src/database/connect.js';
import { indexes } from '../../src/database/indexes.js';
import { collectionNames } from '../../src/database/models/registry.js';
import type { Section } from '../../src/sections/define-section.js';
import { registry } from '../../src/sections/registry.js';

/** Runs a section's load against sources that only write down what they are asked. */
async function plansOf(section: Section): Promise<{ collection: string; plan: FindPlan }[]> {
  const plans: { collection: string; plan: FindPlan }[] = [];
  const recorder = (collection: string): CollectionSource => ({
    find: async (plan) => {
      plans.push({ collection, plan });
      return [];
    },
    count: async () => 0,
    page: async (plan) => {
      plans.push({ collection, plan });
      return { documents: [], total: 0 };
    },
  });
  const sources = Object.fromEntries(collectionNames.map((name) => [name, recorder(name)])) as unknown as Sources;
  const read = { signal: new AbortController().signal, remainingMs: () => 1000 };
  await section.load({ ...sources, now: new Date(0), limit: 20, read, near: { lng: 1, lat: 2, radiusKm: 50 } });
  return plans;
}

const isRange = (condition: unknown) =>
  typeof condition === 'object' && condition !== null && !(condition instanceof Date);

/** Whether an index gives the query's order without sorting: equality fields first, then the sort, then the ranges. */
function serves(keys: Readonly<Record<string, 1 | -1>>, plan: FindPlan): boolean {
  const equality = Object.entries(plan.filter)
    .filter(([, condition]) => !isRange(condition))
    .map(([field]) => field);
  const entries = Object.entries(keys);
  const leading = entries.slice(0, equality.length).map(([field]) => field);
  const sorted = entries.slice(equality.length, equality.length + Object.keys(plan.sort ?? {}).length);
  return (
    equality.every((field) => leading.includes(field)) &&
    JSON.stringify(sorted) === JSON.stringify(Object.entries(plan.sort ?? {}))
  );
}

describe('indexes', () => {
  it.each(registry.map((section) => [section.id, section] as const))('%s never sorts in memory', async (_, section) => {
    const plans = await plansOf(section);
    expect(plans.length).toBeGreaterThan(0);
    for (const { collection, plan } of plans) {
      const index = indexes.find((candidate) => candidate.collection === collection && serves(candidate.keys, plan));
      expect(index, `${collection} ${JSON.stringify(plan.filter)}`).toBeDefined();
      const ranges = Object.entries(plan.filter).filter(
        ([field, condition]) => isRange(condition) && field !== 'location',
      );
      for (const [field] of ranges) expect(Object.keys(index?.keys ?? {})).toContain(field);
      // A partial index serves a query only when the query says what the index leaves out.
      for (const [field, condition] of Object.entries(index?.partialFilterExpression ?? {})) {
        expect(plan.filter[field]).toMatchObject(condition as object);
      }
    }
  });

  it('have names of their own, and each serves a query that is written down', () => {
    const names = indexes.map(({ collection, name }) => `${collection}.${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { serves: query } of indexes) expect(query).toMatch(/\w+.*: \w+/);
  });
});
