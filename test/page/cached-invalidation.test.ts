import { type Document, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { bearer, buildTestApp, type RestBody, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 200 });
  app = await buildTestApp(shop.uri, { clock, cached: true, env: { ADMIN_TOKEN: 'the admin token' } });
  await app.following;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const page = async (search = '', headers: Record<string, string> = {}): Promise<RestBody> =>
  (await app.get(`/api/v1/homepage${search}`, headers)).body;
const statuses = (body: RestBody) => body.data.metadata.sections.map(({ status }) => status);
const first = (body: RestBody, key: string): Record<string, unknown> & { id: string } =>
  body.data.sections[key]?.items[0] ?? { id: '' };

/** Lets the changes that were made come, be put together and take effect. */
const settled = async (search: string) => {
  await expect
    .poll(
      async () => {
        await clock.advance(100);
        return statuses(await page(search));
      },
      { timeout: 5000 },
    )
    .not.toEqual(statuses(await page(search)).map(() => 'CACHED'));
};
const shown = (search: string, read: (body: RestBody) => unknown) =>
  expect.poll(
    async () => {
      await clock.advance(100);
      return read(await page(search));
    },
    { timeout: 5000 },
  );

beforeEach(async () => {
  // Everything in the cache, and nothing on its way.
  await clock.advance(1001);
  await page('?fresh=true');
  await expect.poll(async () => statuses(await page())).toEqual(registry.map(() => 'CACHED'));
  // A section that was read a moment ago is not renewed at once.
  await clock.advance(1000);
});

describe('a change in the database', () => {
  it('shows: a title', async () => {
    const { id } = first(await page('?sections=offers'), 'offers');
    await shop.db.collection('offers').updateOne({ _id: new ObjectId(id) }, { $set: { title: 'Another title' } });
    await shown('?sections=offers', (body) => first(body, 'offers')['title']).toBe('Another title');
  });

  it('shows: a document that comes, and one that goes', async () => {
    const offers = shop.db.collection<Document>('offers');
    const stored = await offers.findOne({ _id: new ObjectId(first(await page('?sections=offers'), 'offers').id) });
    const { _id, ...rest } = stored ?? {};
    const { insertedId } = await offers.insertOne({ ...rest, createdAt: new Date(clock.now() + 1e9) });
    await shown('?sections=offers', (body) => first(body, 'offers').id).toBe(String(insertedId));
    await offers.deleteOne({ _id: insertedId });
    await shown('?sections=offers', (body) => first(body, 'offers').id).not.toBe(String(insertedId));
  });

  it.each([
    ['store', 'stores'],
    ['category', 'categories'],
  ])('shows when a %s goes, comes to exist, and is renamed', async (field, collection) => {
    const search = '?sections=offers&limit=20';
    const nameOf = (body: RestBody, id: string) => {
      const shownItem = body.data.sections['offers']?.items.find((offer) => offer.id === id);
      return ((shownItem?.[field] ?? null) as { name: string } | null)?.name;
    };
    const items = (await page(search)).data.sections['offers']?.items ?? [];
    const [item] = items.filter((offer) => offer[field] !== null);
    if (item === undefined) throw new Error(`no offer has a ${field}`);
    const { id } = item;
    const _id = new ObjectId((item[field] as { id: string }).id);
    const targets = shop.db.collection<Document>(collection);
    const stored = (await targets.findOne({ _id })) ?? {};
    await targets.deleteOne({ _id });
    await shown(search, (body) => nameOf(body, id)).toBeUndefined();
    // A nightly import that deletes everything and inserts it again.
    await targets.insertOne({ ...stored, _id, name: 'Back again' });
    await shown(search, (body) => nameOf(body, id)).toBe('Back again');
    await targets.updateOne({ _id }, { $set: { name: 'Renamed' } });
    await shown(search, (body) => nameOf(body, id)).toBe('Renamed');
  });

  it('shows in every section that refers to it: a store', async () => {
    const search = '?sections=offers&limit=20';
    const item = (await page(search)).data.sections['offers']?.items.find(({ store }) => store !== null);
    const { id } = (item?.['store'] ?? {}) as { id: string };
    await shop.db.collection('stores').updateOne({ _id: new ObjectId(id) }, { $set: { name: 'Renamed' } });
    const name = (body: RestBody) =>
      body.data.sections['offers']?.items.filter((one) => one.id === item?.id).map(({ store }) => store);
    await shown(search, name).toMatchObject([{ name: 'Renamed' }]);
  });

  it('is never served once more when it is a price, or something taken down', async () => {
    const search = '?sections=newArrivals';
    const { id } = first(await page(search), 'newArrivals');
    await shop.db.collection('products').updateOne({ _id: new ObjectId(id) }, { $set: { price: 12_345 } });
    await settled(search);
    expect(first(await page(search), 'newArrivals')['price']).toBe(12_345);
    await shop.db.collection('products').updateOne({ _id: new ObjectId(id) }, { $set: { isActive: false } });
    await shown(search, (body) => first(body, 'newArrivals').id).not.toBe(id);
  });

  it('touches nothing when only a counter, or a field that nobody reads, has changed', async () => {
    const products = shop.db.collection('products');
    await products.updateMany({}, { $inc: { views: 1 }, $set: { warehouse: 'north' } });
    // A later change of another collection has come: so has the earlier one.
    const { id } = first(await page('?sections=events'), 'events');
    await shop.db.collection('events').updateOne({ _id: new ObjectId(id) }, { $set: { subtitle: 'Later' } });
    await shown('?sections=events', (body) => first(body, 'events')['subtitle']).toBe('Later');
    expect(statuses(await page('?sections=justForYou,newArrivals'))).toEqual(['CACHED', 'CACHED']);
  });

  it('touches the page of the one user whose recommendations have changed', async () => {
    const [one, two] = await shop.db.collection('recommendations').find().limit(2).toArray();
    const [mine, other] = await Promise.all([one, two].map((user) => bearer(String(user?.['userId']), clock)));
    const search = '?sections=justForYou';
    const best = String(
      (await shop.db.collection('products').findOne({ isActive: true, 'inventory.stock': { $gt: 0 } }))?._id,
    );
    await page(search, mine);
    await page(search, other);
    await shop.db
      .collection('recommendations')
      .updateOne({ userId: one?.['userId'] }, { $set: { items: [{ productId: new ObjectId(best), score: 1 }] } });
    await expect
      .poll(
        async () => {
          await clock.advance(100);
          return first(await page(search, mine), 'justForYou').id;
        },
        { timeout: 5000 },
      )
      .toBe(best);
    expect(statuses(await page(search, other))).toEqual(['CACHED']);
    expect(statuses(await page(search))).toEqual(['CACHED']);
  });
});

describe('POST /admin/invalidate', () => {
  const send = (payload: unknown, token = 'the admin token') =>
    app.inject({
      method: 'POST',
      url: '/admin/invalidate',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      payload: JSON.stringify(payload),
    });

  it('says 202 when Redis could not take it: other processes do not know yet', async () => {
    // Nothing listens there.
    const env = { ADMIN_TOKEN: 'the admin token', REDIS_URL: 'redis://127.0.0.1:1' };
    const alone = await buildTestApp(shop.uri, { clock, cached: true, env });
    const { status, body } = await alone.inject({
      method: 'POST',
      url: '/admin/invalidate',
      headers: { 'content-type': 'application/json', authorization: 'Bearer the admin token' },
      payload: JSON.stringify({ tags: ['collection:offers'], mode: 'soft' }),
    });
    expect([status, body]).toMatchObject([202, { success: true, data: { shared: false } }]);
    await alone.close();
  });

  it('makes entries stale, or forbids them', async () => {
    expect((await send({ tags: ['collection:offers'], mode: 'soft' })).status).toBe(200);
    expect(statuses(await page('?sections=events,offers'))).toEqual(['CACHED', 'STALE']);
    await send({ tags: ['section:events'], mode: 'hard' });
    expect(statuses(await page('?sections=events'))).toEqual(['FRESH']);
    const { id } = first(await page('?sections=newArrivals'), 'newArrivals');
    await send({ tags: [`product:${id}`], mode: 'hard' });
    expect(statuses(await page('?sections=newArrivals'))).toEqual(['FRESH']);
  });

  it.each(['section:trending_stores', 'section:trendingStores'])('understands %s', async (tag) => {
    await page('?sections=trendingStores');
    const { status, body } = await send({ tags: [tag], mode: 'hard' });
    expect([status, body.data]).toMatchObject([200, { tags: ['section:trending_stores'] }]);
    expect(statuses(await page('?sections=trendingStores'))).toEqual(['FRESH']);
  });

  it('is for the admin only', async () => {
    for (const token of ['', 'wrong', 'the admin toke'])
      expect((await send({ tags: ['section:events'] }, token)).status).toBe(401);
  });

  it.each([
    [{}, 'tags'],
    [{ tags: [] }, 'tags'],
    [{ tags: 'section:events' }, 'tags'],
    [{ tags: ['section:evnts'] }, 'did you mean "section:events"'],
    [{ tags: ['product:1', 'collection:*'] }, '"product:1" is no tag'],
    [{ tags: ['section:events'], mode: 'medium' }, 'mode'],
    [[], 'body'],
  ])('refuses %j and says what is allowed', async (payload, hint) => {
    const { status, body } = await send(payload);
    expect(status).toBe(400);
    expect(body.message).toContain(hint);
    expect(body.errors?.[0]?.['allowed']).toBeDefined();
  });

  it('is not there without ADMIN_TOKEN', async () => {
    const bare = await buildTestApp(shop.uri, { clock });
    const { status } = await bare.inject({
      method: 'POST',
      url: '/admin/invalidate',
      headers: { authorization: 'Bearer undefined' },
    });
    expect(status).toBe(404);
    await bare.close();
  });
});
