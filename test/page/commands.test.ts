import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { everySection } from '../support/data/sections.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  const clock = createFakeClock();
  shop = await startShop({ now: clock.now() });
  app = await buildTestApp(shop.uri, { clock });
  // Totals are counted once, and then known for a minute.
  await app.get('/api/v1/homepage');
});
afterAll(async () => {
  await app.close();
  await shop.close();
});
beforeEach(() => {
  app.commands.length = 0;
});

/** How many commands of each kind were sent to each collection. */
function tally(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, collection } of app.commands) {
    const key = `${name} ${collection}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('database commands of a page', () => {
  const fullPage: Record<string, number> = {};
  for (const command of [
    ...registry.map(({ item: { collection } }) => `find ${collection}`),
    ...['find stores', 'find categories'],
  ]) {
    fullPage[command] = (fullPage[command] ?? 0) + 1;
  }

  it.each([1, 10, 20])('are a find for each section, 1 for stores and 1 for categories at limit %i', async (limit) => {
    const { status } = await app.get(`/api/v1/homepage?limit=${limit}`);
    expect(status).toBe(200);
    expect(tally()).toEqual(fullPage);
    expect(app.commands).toHaveLength(registry.length + 2);
  });

  it('are the same for GraphQL', async () => {
    await app.graphql(`{ homepage { ${everySection('{ total }')} } }`);
    expect(tally()).toEqual(fullPage);
  });

  it('are those of the asked-for sections only', async () => {
    await app.get('/api/v1/homepage?sections=events');
    expect(tally()).toEqual({ 'find events': 1, 'find categories': 1 });
  });

  it('are none for a page without sections', async () => {
    const { body } = await app.graphql('{ homepage { metadata { cacheKey sections { section } } } }');
    expect(body.data?.['homepage']?.['metadata']).toMatchObject({ sections: [] });
    expect(app.commands).toEqual([]);
  });

  it.each([
    ['an alias', '{ homepage { mine: events { total } } }'],
    ['a fragment', '{ homepage { ...Part } } fragment Part on Homepage { events { total } }'],
    ['an inline fragment', '{ homepage { ... on Homepage { events { total } } } }'],
    [
      '@include and @skip',
      'query ($no: Boolean = false) { homepage { events { total } offers @include(if: $no) { total } flashSales @skip(if: true) { total } } }',
    ],
    ['the sections argument', '{ homepage(sections: [EVENTS]) { events { total } offers { total } } }'],
    ['the same field twice', '{ homepage { events { total } events { hasMore } a: events { items { id } } } }'],
  ])('see through %s', async (_, query) => {
    const { body } = await app.graphql(query);
    expect(body.errors).toBeUndefined();
    expect(tally()).toEqual({ 'find events': 1, 'find categories': 1 });
  });

  it('hold nobody up: a slow section gets its references by itself, the others are answered before it', async () => {
    await shop.fail('events', { failCommands: ['find'], blockConnection: true, blockTimeMS: 1500 }, { times: 1 });
    const answered: string[] = [];
    const ask = (sections: string) =>
      app.get(`/api/v1/homepage?sections=${sections}`).then(({ body }) => {
        answered.push(sections);
        return body;
      });
    const page = ask('events,offers');
    await expect.poll(() => app.commands.filter(({ collection }) => collection === 'offers').length).toBe(1);
    expect(app.commands.some(({ collection }) => collection === 'stores')).toBe(false);
    // The window of the first keys: the batch goes out although the events are still being found.
    await expect
      .poll(async () => {
        await app.clock.advance(1);
        return app.commands.map(({ collection }) => collection).filter((name) => name === 'stores');
      })
      .toHaveLength(1);
    expect(app.clock.now()).toBeLessThan(createFakeClock().now() + 1000);
    expect(answered).toEqual([]);
    const body = await page;
    expect(body.data.sections['events']?.items.length).toBeGreaterThan(0);
    expect(body.data.sections['offers']?.items[0]?.['store']).toMatchObject({ name: expect.any(String) });
    expect(tally()).toMatchObject({ 'find stores': 1, 'find categories': 2 });
  });
});
