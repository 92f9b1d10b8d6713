import { Types, trusted } from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { CollectionSource, FindPlan } from '../../src/database/collection-source.js';
import type { Sources } from '../../src/database/connect.js';
import { type IndexDefinition, indexes } from '../../src/database/indexes.js';
import { type CollectionName, collectionNames } from '../../src/database/models/collections.js';
import { defineSection, type Section } from '../../src/sections/define-section.js';
import { newArrivals } from '../../src/sections/new-arrivals.js';
import { registry } from '../../src/sections/registry.js';

interface Query {
  collection: CollectionName;
  plan: FindPlan;
}

const viewer = { userId: '507f1f77bcf86cd799439011' };
const documentId = '607f1f77bcf86cd799439011';

/**
 * The queries of a section, for the anonymous page and for a user: its load runs against sources that write down what they
 * are asked, and know nothing but one recommendation.
 */
async function queriesOf(section: Section): Promise<Query[]> {
  const queries: Query[] = [];
  const recorder = (collection: CollectionName): CollectionSource => ({
    find: async (plan) => {
      queries.push({ collection, plan });
      const items = [{ productId: new Types.ObjectId(documentId), score: 1 }];
      return collection === 'recommendations' ? [{ items }] : [];
    },
    count: async () => 0,
    page: async (plan) => {
      queries.push({ collection, plan });
      return { documents: [], total: 0 };
    },
  });
  const sources = Object.fromEntries(collectionNames.map((name) => [name, recorder(name)])) as unknown as Sources;
  const read = { signal: new AbortController().signal, remainingMs: () => 1000 };
  const args = { ...sources, now: new Date(0), limit: 20, read, near: { lng: 1, lat: 2, radiusKm: 50 } };
  await section.load(args);
  if (section.scope === 'personal') await section.load({ ...args, viewer });
  return queries;
}

const isRange = (condition: unknown) =>
  typeof condition === 'object' && condition !== null && !(condition instanceof Date);

/** The fields that an index must hold for a query: equality first, then the sort, then the ranges. */
function neededBy({ filter, sort = {} }: FindPlan) {
  // The index of _id serves what asks for ids; a radius is checked on the few documents that the others leave.
  const fields = Object.keys(filter).filter((field) => !['_id', 'location'].includes(field));
  const equality = fields.filter((field) => !isRange(filter[field]));
  const ranges = fields.filter((field) => isRange(filter[field]) && !(field in sort));
  const keys = [...equality.map((field) => [field, 1]), ...Object.entries(sort), ...ranges.map((field) => [field, 1])];
  return { equality, sort: Object.entries(sort), ranges, keys: Object.fromEntries(keys) as IndexDefinition['keys'] };
}

function serves(index: IndexDefinition, plan: FindPlan): boolean {
  const needed = neededBy(plan);
  const entries = Object.entries(index.keys);
  const leading = entries.slice(0, needed.equality.length).map(([field]) => field);
  const sorted = entries.slice(needed.equality.length, needed.equality.length + needed.sort.length);
  return (
    needed.equality.every((field) => leading.includes(field)) &&
    JSON.stringify(sorted) === JSON.stringify(needed.sort) &&
    needed.ranges.every((field) => field in index.keys) &&
    // A partial index serves a query only when the query says what the index leaves out.
    Object.entries(index.partialFilterExpression ?? {}).every(
      ([field, condition]) => JSON.stringify(plan.filter[field]) === JSON.stringify(condition),
    )
  );
}

const asksForIds = ({ filter, sort }: FindPlan) => sort === undefined && '_id' in filter;

/** A sentence for each query that no index serves in order, with the row that src/database/indexes.ts lacks. */
async function missingIndexes(section: Section, table: readonly IndexDefinition[]): Promise<string[]> {
  const queries = await queriesOf(section);
  return queries
    .filter(({ plan }) => !asksForIds(plan))
    .filter(({ collection, plan }) => !table.some((index) => index.collection === collection && serves(index, plan)))
    .map(
      ({ collection, plan }) =>
        `${section.id}: no index of ${collection} serves its query, which needs the keys ${JSON.stringify(neededBy(plan).keys)} (equality, sort, range)`,
    );
}

describe('indexes', () => {
  it.each(registry.map((section) => [section.id, section] as const))('%s never sorts in memory', async (_, section) => {
    expect((await queriesOf(section)).length).toBeGreaterThan(0);
    expect(await missingIndexes(section, indexes)).toEqual([]);
  });

  it('that are missing are told by section, collection and keys, in the order equality, sort, range', async () => {
    const section = defineSection({
      ...newArrivals,
      scope: 'public',
      load: ({ products, read }) =>
        products.page({
          filter: { rating: trusted({ $gte: 4 }), isActive: true },
          sort: { price: 1, views: -1 },
          select: [],
          ...read,
        }),
    });
    const keys = { isActive: 1, price: 1, views: -1, rating: 1 } as const;
    expect(await missingIndexes(section, indexes)).toEqual([
      `newArrivals: no index of products serves its query, which needs the keys ${JSON.stringify(keys)} (equality, sort, range)`,
    ]);
    const row: IndexDefinition = { name: 'active_price', collection: 'products', keys, serves: 'newArrivals: ...' };
    expect(await missingIndexes(section, [...indexes, row])).toEqual([]);
    const partial = { ...row, partialFilterExpression: { views: { $gt: 0 } } };
    expect(await missingIndexes(section, [...indexes, partial])).toHaveLength(1);
  });

  it('have names of their own, and each serves a query that is written down', () => {
    const names = indexes.map(({ collection, name }) => `${collection}.${name}`);
    expect(new Set(names).size).toBe(names.length);
    for (const { serves: query } of indexes) expect(query).toMatch(/\w+.*: \w+/);
  });
});
