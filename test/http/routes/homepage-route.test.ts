import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import { bearer, buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { sectionIds } from '../../support/data/sections.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
let userId: string;
let otherId: string;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock });
  const users = await shop.db.collection('recommendations').find().limit(2).toArray();
  [userId = '', otherId = ''] = users.map((user) => String(user['userId']));
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const page = (search = '', headers: Record<string, string> = {}) => app.get(`/api/v1/homepage${search}`, headers);

describe('the envelope', () => {
  it('has the documented keys in the documented order', async () => {
    const { body, headers } = await page('?includeAnalytics=true', await bearer(userId, clock));
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(body)).toEqual(['version', 'success', 'data']);
    expect(body).toMatchObject({ version: '1.0.0', success: true });
    expect(Object.keys(body.data)).toEqual(['sections', 'metadata', 'analytics']);
    expect(Object.keys(body.data.metadata)).toEqual([
      'timestamp',
      'userId',
      'cacheKey',
      'ttl',
      'fromCache',
      'executionTime',
      'partialFailure',
      'sections',
    ]);
    expect(Object.keys(body.data.analytics ?? {})).toEqual(['sectionViews', 'recommendationScore']);
    for (const section of registry) {
      const { id, ...rest } = body.data.sections[section.key] ?? {};
      expect(id).toBe(section.id);
      expect(Object.keys(rest)).toEqual(['title', 'type', 'items', 'total', 'hasMore', 'lastUpdated']);
      expect(Object.keys(body.data.sections[section.key] ?? {})[0]).toBe('id');
    }
    expect(Object.keys(body.data.sections['justForYou']?.items[0] ?? {})).toEqual([
      'id',
      'name',
      'brand',
      'image',
      'price',
      'category',
      'rating',
      'cashback',
      'inventory',
      'store',
      'createdAt',
      'currency',
      'slug',
      'url',
      'imageAlt',
      'imageWidth',
      'imageHeight',
    ]);
  });

  it('tells of the anonymous page how it was made', async () => {
    const { body } = await page();
    expect(body.data.metadata).toEqual({
      timestamp: new Date(clock.now()).toISOString(),
      cacheKey: 'homepage:anonymous:v1',
      ttl: 180,
      fromCache: false,
      executionTime: 0,
      partialFailure: false,
      sections: sectionIds.map((section) => ({
        section,
        status: 'FRESH',
        ageMs: 0,
        durationMs: 0,
      })),
    });
    expect(body).not.toHaveProperty('errors');
  });

  it("has only the sections asked for, in the page's order", async () => {
    const { body } = await page('?sections=events,trending_stores&limit=15&location=55.27,25.2');
    expect(Object.keys(body.data.sections)).toEqual(['trendingStores', 'events']);
    expect(body.data.metadata['cacheKey']).toBe(
      'homepage:anonymous:v1:limit=15:location=55.27,25.2:sections=trending_stores,events',
    );
  });

  it('counts how often each section was served', async () => {
    const before = (await page('?sections=offers&includeAnalytics=true')).body.data.analytics?.sectionViews;
    await page('?sections=events');
    const after = (await page('?sections=offers&includeAnalytics=true')).body.data.analytics?.sectionViews;
    expect(after).toEqual({
      ...before,
      events: Number(before?.['events']) + 1,
      offers: Number(before?.['offers']) + 1,
    });
    expect((await page()).body.data).not.toHaveProperty('analytics');
  });

  it('has nothing but the fields asked for', async () => {
    const { body } = await page('?fields=offers.items.title,offers.items.store.name,events.total');
    expect(Object.keys(body.data.sections)).toEqual(['events', 'offers']);
    expect(body.data.sections['events']).toEqual({ total: expect.any(Number) });
    expect(body.data.sections['offers']?.items[0]).toEqual({
      title: expect.any(String),
      store: { name: expect.any(String) },
    });
    expect(body.data.metadata['cacheKey']).toBe(
      'homepage:anonymous:v1:fields=events.total,offers.items.title,offers.items.store.name:sections=events,offers',
    );
    expect(body.data.metadata.sections).toHaveLength(2);
  });

  it('calls the name of a section its id, among the fields asked for as well', async () => {
    const { body } = await page('?fields=trendingStores.id,trendingStores.total,offers.title');
    const sections = body.data.sections;
    expect(sections['trendingStores']).toEqual({ id: 'trending_stores', total: expect.any(Number) });
    expect(sections['offers']).toEqual({ title: 'Offers' });
    expect(body.data.metadata.sections.map(({ section }) => section)).toEqual(['trending_stores', 'offers']);
    const refused = await page('?fields=offers.section');
    expect(refused.body.errors?.[0]?.['message']).toContain('"offers.section" is unknown');
  });

  it('lists every bad parameter at once', async () => {
    const { status, body } = await page('?limit=21&sections=evnts&location=200,100&fresh=2');
    expect(status).toBe(400);
    expect(Object.keys(body)).toEqual(['version', 'success', 'data', 'errors', 'message']);
    expect(body).toMatchObject({ success: false, data: null, message: expect.stringContaining('limit') });
    expect(body.errors?.map(({ parameter }) => parameter)).toEqual(['limit', 'location', 'fresh', 'sections']);
    for (const error of body.errors ?? []) {
      expect(error).toMatchObject({
        code: 'VALIDATION_ERROR',
        severity: 'low',
        allowed: expect.any(String),
        timestamp: expect.any(String),
      });
    }
  });
});

describe('identity', () => {
  it('is personal with a token, with or without the user id', async () => {
    const token = await bearer(userId, clock);
    for (const search of ['', `?userId=${userId}`, `?userId=${userId.toUpperCase()}`]) {
      const { status, body, headers } = await page(search, token);
      expect(status).toBe(200);
      expect(body.data.metadata['userId']).toBe(userId);
      expect(body.data.metadata['cacheKey']).toBe(`homepage:${userId}:v1`);
      expect(headers['cache-control']).toBe('private, no-store');
    }
  });

  it('needs a token for a user id', async () => {
    const { status, body, headers } = await page(`?userId=${userId}`);
    expect(status).toBe(401);
    expect(headers['www-authenticate']).toBe('Bearer');
    expect(body).toMatchObject({ success: false, data: null, errors: [{ code: 'UNAUTHENTICATED' }] });
  });

  it('forbids the id of another user', async () => {
    const { status, body } = await page(`?userId=${otherId}`, await bearer(userId, clock));
    expect(status).toBe(403);
    expect(body).toMatchObject({ success: false, errors: [{ code: 'FORBIDDEN' }] });
  });

  it.each([
    ['garbage', async () => ({ authorization: 'Bearer garbage' })],
    ['nothing after Bearer', async () => ({ authorization: 'Bearer' })],
    ['a token of another secret', () => bearer(userId, clock, { secret: 'another secret, also 32 bytes long' })],
    ['an expired token', () => bearer(userId, clock, { expiresInSeconds: -61 })],
    ['a token of nobody', () => bearer('admin', clock)],
    [
      'an unsigned token',
      async () => ({
        authorization: `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(`{"sub":"${userId}"}`).toString('base64url')}.`,
      }),
    ],
  ])('refuses %s, in REST and in GraphQL', async (_, headers) => {
    const rest = await page(`?userId=${userId}`, await headers());
    expect(rest.status).toBe(401);
    expect(rest.body.errors?.[0]?.['code']).toBe('UNAUTHENTICATED');
    const graphql = await app.graphql('{ homepage { metadata { userId } } }', {}, await headers());
    expect(graphql.status).toBe(401);
    expect(graphql.body.errors?.[0]?.extensions['code']).toBe('UNAUTHENTICATED');
  });

  it('takes a token within a minute of its end', async () => {
    expect((await page('', await bearer(userId, clock, { expiresInSeconds: -30 }))).status).toBe(200);
  });

  it('is no one without something to verify tokens with', async () => {
    const bare = await buildTestApp(shop.uri, { clock, env: { JWT_SECRET: '' } });
    expect((await bare.get(`/api/v1/homepage?userId=${userId}`, await bearer(userId, clock))).status).toBe(401);
    expect((await bare.get('/api/v1/homepage?sections=events', await bearer(userId, clock))).status).toBe(200);
    await bare.close();
  });
});

describe('the answer on the wire', () => {
  const encoded = async (headers: Record<string, string>) => {
    const response = await app.inject({ method: 'GET', url: '/api/v1/homepage', headers });
    return response.headers['content-encoding'];
  };

  it('is compressed from 1 KB up, unless it is not wanted', async () => {
    expect(await encoded({ 'accept-encoding': 'gzip' })).toBe('gzip');
    expect(await encoded({ 'accept-encoding': 'gzip, br' })).toBe('br');
    expect(await encoded({})).toBeUndefined();
    expect(await encoded({ 'accept-encoding': 'gzip', 'x-no-compression': '1' })).toBeUndefined();
    const small = await app.inject({ method: 'GET', url: '/healthz', headers: { 'accept-encoding': 'gzip' } });
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  it('has the request id that was sent, if it is a decent one, and its own otherwise', async () => {
    expect((await page('?sections=events', { 'x-request-id': 'abc-123' })).headers['x-request-id']).toBe('abc-123');
    for (const bad of ['', 'a b', 'x'.repeat(129), 'a{b}']) {
      expect((await page('?sections=events', { 'x-request-id': bad })).headers['x-request-id']).toMatch(
        /^req_[\w-]{12}$/,
      );
    }
  });

  it('has no body for HEAD', async () => {
    const { status, text } = await app.inject({ method: 'HEAD', url: '/api/v1/homepage' });
    expect([status, text]).toEqual([200, '']);
  });

  it('is an envelope for a path that does not exist', async () => {
    const { status, body } = await app.get('/api/v1/homepag?x=1');
    expect(status).toBe(404);
    expect(body).toMatchObject({ success: false, message: 'There is no GET /api/v1/homepag' });
  });
});

describe('ENABLE_BATCH_ENDPOINT=false', () => {
  it('switches off the page, in REST and GraphQL, and leaves the older endpoints', async () => {
    const off = await buildTestApp(shop.uri, { clock, env: { ENABLE_BATCH_ENDPOINT: 'false' } });
    const rest = await off.get('/api/v1/homepage');
    expect([rest.status, rest.headers['retry-after']]).toEqual([503, '5']);
    expect(rest.body.errors?.[0]?.['code']).toBe('SERVICE_UNAVAILABLE');
    const graphql = await off.graphql('{ homepage { events { total } } }');
    expect([graphql.status, graphql.headers['retry-after']]).toEqual([503, '5']);
    expect(graphql.body.errors?.[0]).toMatchObject({ path: ['homepage'], extensions: { code: 'SERVICE_UNAVAILABLE' } });
    expect((await off.get('/events/featured')).status).toBe(200);
    expect((await off.graphql('{ featuredEvents { total } }')).status).toBe(200);
    await off.close();
  });
});
