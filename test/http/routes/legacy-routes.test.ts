import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { olderLists } from '../../../src/graphql/operations/older-lists.js';
import { enumNameOf } from '../../../src/graphql/schema/section-id.js';
import { bearer, buildTestApp, type RestSection, type TestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

/** The older endpoints, and the section of the page that has the same items. */
const endpoints = [
  ['/products/featured', 'justForYou'],
  ['/products/new-arrivals', 'newArrivals'],
  ['/stores/featured', 'trendingStores'],
  ['/events/featured', 'events'],
  ['/offers?featured=true', 'offers'],
  ['/offers', 'offers'],
  ['/offers?flashSale=true', 'flashSales'],
  ['/offers?featured=false&flashSale=true', 'flashSales'],
] as const;

const withLimit = (path: string, limit: number) => `${path}${path.includes('?') ? '&' : '?'}limit=${limit}`;

describe('older endpoints', () => {
  it.each(endpoints)('%s serves the items of %s, under both prefixes', async (path, key) => {
    for (const prefix of ['', '/api/v1']) {
      const { status, body } = await app.get(withLimit(`${prefix}${path}`, 4));
      const page = await app.get(`/api/v1/homepage?sections=${key}&limit=4`);
      const section = page.body.data.sections[key] as RestSection;
      expect(status).toBe(200);
      expect(Object.keys(body)).toEqual(['success', 'data', 'total', 'hasMore']);
      expect(body).toEqual({ success: true, data: section.items, total: section.total, hasMore: section.hasMore });
      expect(section.items).toHaveLength(4);
    }
  });

  it.each(olderLists)('$path has the items of the query field $field', async ({ path, field, section, flashSale }) => {
    const asked = [{ search: '', given: '', served: section }];
    if (flashSale) asked.push({ search: '&flashSale=true', given: ', flashSale: true', served: flashSale });
    for (const { search, given, served } of asked) {
      const { body } = await app.get(`${path}?limit=2${search}`);
      const graphql = await app.graphql(`{ ${field}(limit: 2${given}) { section items { id } total } }`);
      const list = graphql.body.data?.[field];
      expect(list?.['section']).toBe(enumNameOf(served));
      const ids = (body.data as unknown as { id: string }[]).map(({ id }) => ({ id }));
      expect([ids, body]).toEqual([list?.['items'], expect.objectContaining({ total: list?.['total'] })]);
      expect(ids).toHaveLength(2);
    }
  });

  it('serve ten items when no limit is given', async () => {
    const { body } = await app.get('/products/new-arrivals');
    expect(body.data).toHaveLength(10);
  });

  it('narrow stores and events to a location, and take it elsewhere without effect', async () => {
    const [store] = (await app.get('/stores/featured')).body.data as unknown as {
      location: { coordinates: number[] };
    }[];
    const location = store?.location.coordinates.join(',');
    const near = await app.get(`/stores/featured?location=${location}`);
    expect((near.body.data as unknown as object[])[0]).toHaveProperty('distanceKm');
    expect((await app.get('/products/featured?location=1,2')).body).toEqual((await app.get('/products/featured')).body);
  });

  it('know nobody: featured products are the same for a signed-in user', async () => {
    const userId = String((await shop.db.collection('recommendations').findOne())?.['userId']);
    const personal = await app.get('/products/featured', await bearer(userId, clock));
    expect(personal.body).toEqual((await app.get('/products/featured')).body);
  });

  it.each([
    ['/products/featured?limit=0', 1],
    ['/stores/featured?limit=x&location=1&fresh=', 3],
    ['/offers?featured=yes', 1],
    ['/offers?featured=true&flashSale=true', 1],
    ['/offers?featured=false', 1],
    ['/offers?featured=true&featured=true', 1],
  ])('refuse %s with the envelope, all at once', async (url, faults) => {
    const { status, body } = await app.get(url);
    expect(status).toBe(400);
    expect(body).toMatchObject({ version: '1.0.0', success: false, data: null });
    expect(body.errors).toHaveLength(faults);
    for (const { code, allowed } of body.errors ?? [])
      expect([code, typeof allowed]).toEqual(['VALIDATION_ERROR', 'string']);
  });

  it('fail with the envelope when their collection fails', async () => {
    await shop.fail('offers', { errorCode: 96 });
    const { status, body } = await app.get('/offers');
    await shop.heal();
    expect(status).toBe(500);
    expect(body).toMatchObject({ success: false, message: 'Failed to fetch offers', errors: [{ section: 'offers' }] });
  });

  it('say nothing of going away, unless LEGACY_SUNSET does', async () => {
    expect((await app.get('/offers')).headers).not.toHaveProperty('sunset');
    const sunset = await buildTestApp(shop.uri, { clock, env: { LEGACY_SUNSET: '2027-06-30' } });
    const { headers } = await sunset.get('/api/v1/events/featured');
    expect(headers).toMatchObject({
      deprecation: '@1814313600',
      sunset: 'Wed, 30 Jun 2027 00:00:00 GMT',
      link: '</api/v1/homepage>; rel="successor-version"',
    });
    expect((await sunset.get('/api/v1/homepage')).headers).not.toHaveProperty('sunset');
    await sunset.close();
  });
});
