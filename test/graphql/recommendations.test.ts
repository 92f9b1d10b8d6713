import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
const query =
  '{ homepage(limit: 20) { justForYou { items { id } total } analytics { recommendationScore } metadata { partialFailure } } }';
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 200 });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

it("looks at the best 200 of a recommender's endless list, and at finite scores only", async () => {
  const available = { isActive: true, 'inventory.stock': { $gt: 0 } };
  const products = await shop.db
    .collection('products')
    .find({ ...available, featured: { $ne: true } })
    .limit(3)
    .toArray();
  const [best, beyond, infinite] = products.map(({ _id }) => _id);
  const userId = new ObjectId();
  const items = [
    { productId: beyond, score: 0.001 },
    { productId: infinite, score: Number.POSITIVE_INFINITY },
    ...Array.from({ length: 1000 }, () => ({ productId: new ObjectId(), score: 0.5 })),
    { productId: best, score: 0.9 },
  ];
  await shop.db.collection('recommendations').insertOne({ userId, items });
  const featured = await shop.db.collection('products').countDocuments({ ...available, featured: true });

  app.commands.length = 0;
  const { body } = await app.graphql(query, {}, await bearer(String(userId), clock));
  const page = body.data?.['homepage'] as {
    justForYou: { items: { id: string }[]; total: number };
    analytics: { recommendationScore: number };
  };
  const ids = page.justForYou.items.map(({ id }) => id);
  expect(ids[0]).toBe(String(best));
  expect(ids).not.toContain(String(beyond));
  expect(ids).not.toContain(String(infinite));
  expect(page.justForYou.total).toBe(1 + featured);
  expect(page.analytics.recommendationScore).toBe(0.9);
  const asked = app.commands
    .filter(({ name, command }) => name === 'find' && command['find'] === 'products')
    .map(({ command }) => (command['filter'] as Record<string, { $in?: unknown[]; $nin?: unknown[] }>)['_id'])
    .map((id) => (id?.$in ?? id?.$nin)?.length);
  expect(asked).toEqual([200, 200]);
});
