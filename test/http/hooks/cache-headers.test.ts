import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bearer, buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock, cached: true });
  await app.following;
});
afterEach(() => shop.heal());
afterAll(async () => {
  await app.close();
  await shop.close();
});

const GRAPHQL = `/graphql?query=${encodeURIComponent('{ homepage { events { total items { id } } metadata { timestamp } } }')}`;

describe('an anonymous answer', () => {
  it.each([
    ['REST', '/api/v1/homepage?sections=events', {}],
    ['an older endpoint', '/events/featured', {}],
    ['GraphQL by GET', GRAPHQL, {}],
  ])('may be held outside: %s', async (_, url, sent) => {
    const { headers } = await app.get(url, sent);
    expect(headers).toMatchObject({
      'cache-control': expect.stringMatching(
        /^public, s-maxage=60, stale-while-revalidate=(2[1-3]\d|240), stale-if-error=86400$/,
      ),
      'cache-tag': 'section:events,collection:events,collection:categories',
      age: '0',
      etag: expect.stringMatching(/^W\/"[\w-]{27}"$/),
    });
    expect(String(headers['vary']).toLowerCase()).toContain('accept-encoding');
    expect(String(headers['vary']).toLowerCase()).toContain('authorization');
  });

  it.each([
    ['REST', '/api/v1/homepage?sections=events', {}],
    ['GraphQL by GET', GRAPHQL, {}],
  ])('is a 304 to who holds it, also when it was read once more in between: %s', async (_, url, sent) => {
    const { headers } = await app.get(url, sent);
    await clock.advance(200_000);
    await app.get('/api/v1/homepage?sections=events&fresh=true');
    const etag = String(headers['etag']);
    for (const held of [etag, `"other", ${etag}`, '*']) {
      const again = await app.get(url, { ...sent, 'if-none-match': held });
      expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag]);
      expect(again.headers['cache-control']).toContain('s-maxage');
    }
    expect((await app.get(url, { ...sent, 'if-none-match': 'W/"other"' })).status).toBe(200);
  });

  it('has another tag when an item has changed', async () => {
    const before = (await app.get('/api/v1/homepage?sections=offers')).headers['etag'];
    const other = (await app.get('/api/v1/homepage?sections=offers&limit=3')).headers['etag'];
    expect(other).not.toBe(before);
    await shop.db.collection('offers').updateMany({}, { $set: { subtitle: 'Changed' } });
    await clock.advance(1001);
    await app.get('/api/v1/homepage?sections=offers&fresh=true');
    expect((await app.get('/api/v1/homepage?sections=offers')).headers['etag']).not.toBe(before);
  });

  it('has another tag when a sale price has changed, which lies in the metadata of an offer', async () => {
    const url = '/api/v1/homepage?sections=flashSales';
    await clock.advance(1001);
    const before = (await app.get(`${url}&fresh=true`)).body.data.sections['flashSales']?.items[0];
    const { etag } = (await app.get(url)).headers;
    await shop.db.collection('offers').updateMany({}, { $inc: { 'metadata.flashSale.salePrice': 1 } });
    await clock.advance(1001);
    await app.get(`${url}&fresh=true`);
    const after = await app.get(url, { 'if-none-match': String(etag) });
    expect([after.status, after.headers['etag']]).not.toEqual([304, etag]);
    expect(after.body.data.sections['flashSales']?.items[0]).not.toEqual(before);
  });

  it('is held no longer than its least section stays fresh', async () => {
    await clock.advance(1001);
    const { body } = await app.get('/api/v1/homepage?sections=trending_stores&fresh=true');
    const ttl = Number(body.data.metadata['ttl']);
    await clock.advance((ttl - 20) * 1000);
    expect((await app.get('/api/v1/homepage?sections=trending_stores')).headers['cache-control']).toMatch(
      /s-maxage=(19|20),/,
    );
  });

  it('is held stale no longer than its least section may be stale here', async () => {
    await clock.advance(1001);
    await app.get('/api/v1/homepage?sections=events&fresh=true');
    const held = async () =>
      [...String((await app.get('/api/v1/homepage?sections=events')).headers['cache-control']).matchAll(/=(\d+)/g)]
        .slice(0, 2)
        .reduce((sum, [, seconds]) => sum + Number(seconds), 0);
    // Of 300 s, less up to a tenth so that entries do not expire together.
    const whole = await held();
    expect([whole >= 270, whole <= 300]).toEqual([true, true]);
    await clock.advance(100_000);
    expect(await held()).toBe(whole - 100);
  });

  it('is not held past the end of an offer that it shows', async () => {
    const end = clock.now() + 30_000;
    const [first] = await shop.db.collection('offers').find({ isActive: true, featured: true }).toArray();
    const validity = new Date(end);
    await shop.db.collection('offers').updateMany({ isActive: true, featured: true }, { $set: { validity } });
    await clock.advance(1001);
    await app.get('/api/v1/homepage?sections=offers&fresh=true');
    const { body, headers } = await app.get('/api/v1/homepage?sections=offers');
    expect([first !== undefined, body.data.sections['offers']?.items.length]).toEqual([true, 10]);
    expect(headers['cache-control']).toMatch(/^public, s-maxage=2\d, stale-if-error=86400$/);
  });

  it('is held for five seconds at most when it is partial, and not at all when nothing was served', async () => {
    await clock.advance(2000);
    await app.get('/api/v1/homepage?sections=events&fresh=true');
    await shop.fail('stores', { errorCode: 96 });
    const url = '/api/v1/homepage?sections=events,trending_stores&location=2,3';
    const partial = await app.get(url);
    expect(partial.body.data.metadata['partialFailure']).toBe(true);
    expect(partial.headers['cache-control']).toBe('public, s-maxage=5');
    const failed = await app.get('/api/v1/homepage?sections=trending_stores&location=4,5');
    expect([failed.status, failed.headers['cache-control']]).toEqual([500, 'no-store']);
  });
});

describe('a personal answer', () => {
  it.each([
    ['/api/v1/homepage', {}],
    [GRAPHQL, {}],
  ])("is nobody else's: %s", async (url, sent) => {
    const { headers } = await app.get(url, { ...sent, ...(await bearer('507f1f77bcf86cd799439011', clock)) });
    expect(headers['cache-control']).toBe('private, no-store');
    expect(headers).not.toHaveProperty('etag');
    expect(headers).not.toHaveProperty('cache-tag');
  });
});

describe('a GraphQL answer by POST', () => {
  it('is kept by no cache', async () => {
    const { headers } = await app.graphql('{ homepage { events { total } } }');
    expect(headers).not.toHaveProperty('etag');
    expect(headers['cache-control']).toBe('no-store');
  });
});
