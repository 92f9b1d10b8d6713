import type { Document } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 50 });
  app = await buildTestApp(shop.uri, { clock, cached: true });
  await app.following;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

/** What the section of offers shows, after a moment. */
const shown = (read: (items: Record<string, unknown>[], total: number) => unknown) =>
  expect.poll(
    async () => {
      await clock.advance(100);
      const { body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
      const offers = body.data.sections['offers'];
      return read(offers?.items ?? [], offers?.total ?? -1);
    },
    { timeout: 10_000 },
  );

it('answers on when the database is dropped, shows what is gone, and follows what comes', async () => {
  const offers = shop.db.collection<Document>('offers');
  const [stored = {}] = await offers.find({ featured: true, isActive: true }).limit(1).toArray();
  await shown((items) => items.length).toBe(20);
  await shop.db.dropDatabase();
  await shown((items, total) => [items.length, total]).toEqual([0, 0]);
  const readiness = await app.get('/readyz');
  expect(readiness.status).toBe(200);
  await offers.insertOne({ ...stored, title: 'After the drop', validity: new Date(clock.now() + 1e9) });
  await shown((items) => items.map(({ title }) => title)).toEqual(['After the drop']);
  await offers.updateOne({ title: 'After the drop' }, { $set: { title: 'Renamed' } });
  await shown((items) => items.map(({ title }) => title)).toEqual(['Renamed']);
});
