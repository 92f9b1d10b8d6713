import type { Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type RestBody, type RestSection, type TestApp } from '../support/app.js';
import { createFakeClock } from '../support/fake-clock.js';
import { type Shop, startShop } from '../support/shop.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now() });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const section = (body: RestBody, key: string): RestSection => {
  const found = body.data.sections[key];
  if (!found) throw new Error(`${key} was not served`);
  return found;
};

describe('malformed documents', () => {
  const strange = { toString: 1, valueOf: 1 };
  const base = () => ({
    title: 'Strange',
    image: '/x.svg',
    discountedPrice: 1,
    originalPrice: 2,
    validity: new Date(clock.now() + 1e9),
    featured: true,
    isActive: true,
    createdAt: new Date(clock.now() + 2e9),
  });

  it.each([
    ['a date beyond the year 9999', { validity: new Date(253_402_300_800_000) }],
    ['an id that is an object', { _id: strange }],
    ['a title that is an object', { title: strange }],
    ['a price that is not a number', { discountedPrice: Number.NaN }],
  ])('are left out with %s', async (_, fields) => {
    const offers = shop.db.collection<Document>('offers');
    const { insertedId } = await offers.insertOne({ ...base(), ...(fields as Document) });
    const { status, body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
    await offers.deleteOne({ _id: insertedId });
    expect([status, body.errors]).toEqual([200, undefined]);
    expect(section(body, 'offers').items).toHaveLength(19);
  });

  it.each([
    ['an object', strange],
    ['text', '507f1f77bcf86cd799439011'],
    ['a list', []],
    ['a number', 7],
  ])('have no store when their reference is %s', async (_, store) => {
    const offers = shop.db.collection('offers');
    const { insertedId } = await offers.insertOne({ ...base(), store, category: store });
    const { body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
    await offers.deleteOne({ _id: insertedId });
    expect(section(body, 'offers').items[0]).toMatchObject({ title: 'Strange', store: null, category: null });
    expect(section(body, 'offers').items[1]?.['store']).not.toBeNull();
  });

  it('have no distance when they have no point', async () => {
    const stores = shop.db.collection('stores');
    const tags = ['strange'];
    const point = { name: 'Strange', logo: 'l', image: 'i', rating: 99, featured: true, isActive: true, tags };
    const { insertedId } = await stores.insertOne({ ...point, location: { type: 'Point', coordinates: [strange, 1] } });
    const { status, body } = await app.get('/api/v1/homepage?sections=trending_stores&location=-140,-50');
    await stores.deleteOne({ _id: insertedId });
    expect([status, body.errors, section(body, 'trendingStores').nearby]).toEqual([200, undefined, false]);
  });

  it('cost themselves, with a warning, and never their section', async () => {
    const offers = shop.db.collection('offers');
    const { insertedId } = await offers.insertOne({
      title: 'No price',
      image: '/x.svg',
      validity: new Date(clock.now() + 1e9),
      featured: true,
      isActive: true,
      createdAt: new Date(clock.now() + 1e9),
      store: 'not an id',
    });
    const { body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
    expect(body.errors).toBeUndefined();
    expect(section(body, 'offers').items).toHaveLength(19);
    await offers.updateOne({ _id: insertedId }, { $set: { discountedPrice: 1, originalPrice: 2 } });
    const whole = await app.get('/api/v1/homepage?sections=offers&limit=20');
    expect(section(whole.body, 'offers').items[0]).toMatchObject({
      id: String(insertedId),
      store: null,
      category: null,
    });
    await offers.deleteOne({ _id: insertedId });
  });
});
