import { Decimal128, type Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type RestBody, type RestSection, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

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
    ['a price that is text', { discountedPrice: '12.50' }],
    ['a price that is a boolean', { discountedPrice: true }],
  ])('are left out with %s', async (_, fields) => {
    const offers = shop.db.collection<Document>('offers');
    const whole = section((await app.get('/api/v1/homepage?sections=offers&limit=20')).body, 'offers').items;
    const { insertedId } = await offers.insertOne({ ...base(), ...(fields as Document) });
    const { status, body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
    await offers.deleteOne({ _id: insertedId });
    expect([status, body.errors]).toEqual([200, undefined]);
    // The next one has taken its place.
    expect(section(body, 'offers').items).toEqual(whole);
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

  it('are served with a price that is a Decimal128', async () => {
    const offers = shop.db.collection('offers');
    const prices = { discountedPrice: Decimal128.fromString('12.50'), originalPrice: Decimal128.fromString('20') };
    const { insertedId } = await offers.insertOne({ ...base(), ...prices });
    const { body } = await app.get('/api/v1/homepage?sections=offers&limit=1');
    await offers.deleteOne({ _id: insertedId });
    expect(section(body, 'offers').items[0]).toMatchObject({ discountedPrice: 12.5, originalPrice: 20 });
  });

  it('leave no hole in a page, though a few of them come first', async () => {
    const offers = shop.db.collection<Document>('offers');
    const whole = section((await app.get('/api/v1/homepage?sections=offers&limit=20')).body, 'offers').items;
    const bad = Array.from({ length: 5 }, () => ({ ...base(), discountedPrice: 'free' }));
    const { insertedIds } = await offers.insertMany(bad);
    const { body } = await app.get('/api/v1/homepage?sections=offers&limit=20');
    await offers.deleteMany({ _id: { $in: Object.values(insertedIds) } });
    expect(section(body, 'offers').items.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
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
    expect(section(body, 'offers').items).toHaveLength(20);
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
