import type { Document } from 'mongodb';
import { afterAll, describe, expect, it } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp } from '../support/app/build-test-app.js';
import { startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { startTestDatabase } from '../support/servers/test-database.js';

const database = await startTestDatabase();
afterAll(() => database.close());

/** Every stage of a plan. */
const stagesOf = (plan: Document): string[] => [
  plan['stage'],
  ...[plan['inputStage'], ...(plan['inputStages'] ?? [])].filter(Boolean).flatMap(stagesOf),
];

describe('query plans', () => {
  if (database.kind === 'embedded') {
    console.log(
      "Not run here: the plans of the sections' queries (the embedded database uses no index but _id's: MONGODB_TEST_URI or a mongod on PATH)",
    );
    it('read the whole collection here, and explain says so', async () => {
      const shop = await startShop({ now: 0, products: 1 });
      const { queryPlanner } = await shop.db.command({ explain: { find: 'products', filter: { featured: true } } });
      expect(stagesOf(queryPlanner.winningPlan)).toEqual(['COLLSCAN']);
      await shop.close();
    });
    return;
  }

  it('come out of an index in order, and examine about as many keys as they return', async () => {
    const clock = createFakeClock();
    const shop = await startShop({ now: clock.now(), products: 2000 });
    const app = await buildTestApp(shop.uri, { clock });
    await app.get('/api/v1/homepage?limit=20');
    const finds = app.commands.map(({ command }) => command).filter(({ sort }) => sort !== undefined);
    expect(finds).toHaveLength(registry.length);
    for (const find of finds) {
      const { queryPlanner, executionStats } = await shop.db.command({
        explain: { find: find['find'], filter: find['filter'], sort: find['sort'], limit: find['limit'] },
        verbosity: 'executionStats',
      });
      expect(stagesOf(queryPlanner.winningPlan), String(find['find'])).not.toContain('SORT');
      expect(stagesOf(queryPlanner.winningPlan), String(find['find'])).toContain('IXSCAN');
      expect(executionStats.totalKeysExamined).toBeLessThan(3 * 20 + 40);
    }
    await app.close();
    await shop.close();
  });
});
