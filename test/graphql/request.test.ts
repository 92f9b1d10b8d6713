import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 50 });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

describe('the homepage query', () => {
  it('has metadata, one entry for each section served', async () => {
    const { body } = await app.graphql(
      '{ homepage(sections: [EVENTS, TRENDING_STORES]) { trendingStores { section } events { section } metadata { timestamp userId cacheKey ttl fromCache executionTime partialFailure sections { section status ageMs durationMs } } analytics { sectionViews { section views } recommendationScore } } }',
    );
    expect(body.data?.['homepage']?.['metadata']).toEqual({
      timestamp: new Date(clock.now()).toISOString(),
      userId: null,
      cacheKey: 'homepage:anonymous:v1:includeAnalytics=true:sections=trending_stores,events',
      ttl: 180,
      fromCache: false,
      executionTime: 0,
      partialFailure: false,
      sections: ['TRENDING_STORES', 'EVENTS'].map((section) => ({ section, status: 'FRESH', ageMs: 0, durationMs: 0 })),
    });
    expect(body.data?.['homepage']?.['analytics']).toMatchObject({ recommendationScore: null });
  });

  it('is personal with a token', async () => {
    const userId = String((await shop.db.collection('recommendations').findOne())?.['userId']);
    const query = '{ homepage { justForYou { items { id } } metadata { userId } } }';
    const { body, headers } = await app.graphql(query, {}, await bearer(userId, clock));
    expect(body.data?.['homepage']?.['metadata']).toEqual({ userId });
    expect(headers['cache-control']).toBe('private, no-store');
  });

  it('reports every argument out of range at once, with what is allowed', async () => {
    const query =
      'query ($limit: Int, $at: GeoPointInput) { homepage(limit: $limit, location: $at) { events { section } } }';
    const { status, body } = await app.graphql(query, { limit: 21, at: { lng: 181, lat: -91, radiusKm: 0.5 } });
    expect(status).toBe(400);
    expect(body.errors).toHaveLength(1);
    expect(body.errors?.[0]?.message).toBe(
      'limit must be 1 to 20, got 21; location.lng must be -180 to 180, got 181; location.lat must be -90 to 90, got -91; location.radiusKm must be 1 to 500, got 0.5',
    );
    expect(body.errors?.[0]?.extensions).toMatchObject({
      code: 'VALIDATION_ERROR',
      faults: [
        { parameter: 'limit', allowed: '1 to 20' },
        { parameter: 'location.lng' },
        { parameter: 'location.lat' },
        { parameter: 'location.radiusKm', allowed: '1 to 500' },
      ],
    });
  });

  it.each([
    [
      'an unknown section',
      'query ($s: [SectionId!]) { homepage(sections: $s) { events { section } } }',
      { s: ['EVENTZ'] },
      'EVENTS',
    ],
    ['an unknown field', '{ homepage { evnts { id } } }', {}, 'events'],
    ['text for a number', 'query ($l: Int) { homepage(limit: $l) { events { section } } }', { l: 'ten' }, 'Int'],
    ['a syntax error', '{ homepage', {}, 'Syntax Error'],
  ])('refuses %s with status 400, and says what would do', async (_, query, variables, hint) => {
    const { status, body } = await app.graphql(query, variables);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain(hint);
    expect(body.errors?.[0]?.extensions).not.toHaveProperty('stacktrace');
  });

  it('answers an empty list of sections with an empty page', async () => {
    const { body } = await app.graphql(
      '{ homepage(sections: []) { events { section } metadata { sections { section } } } }',
    );
    expect(body.data).toEqual({ homepage: { events: null, metadata: { sections: [] } } });
  });

  it('is answered to GET as well', async () => {
    const query = encodeURIComponent('{ homepage { events { total } } }');
    const { status, body } = await app.get(`/graphql?query=${query}`);
    expect(status).toBe(200);
    expect(body.data).toHaveProperty('homepage');
  });
});

describe('the single collections', () => {
  it('stand as queries of their own, and fail alone', async () => {
    const query =
      '{ featuredProducts(limit: 2) { items { id } total } newArrivals(limit: 2) { items { id } } featuredStores(location: { lng: 0, lat: 0 }) { nearby } featuredEvents { total } offers { section } flash: offers(flashSale: true, limit: 1) { section items { id } } }';
    const { body } = await app.graphql(query);
    expect(body.errors).toBeUndefined();
    expect(body.data?.['featuredProducts']?.['items']).toHaveLength(2);
    expect(body.data).toMatchObject({ offers: { section: 'OFFERS' }, flash: { section: 'FLASH_SALES' } });
    await shop.fail('offers', { errorCode: 96 });
    const failed = await app.graphql(query);
    await shop.heal();
    expect(failed.body.data).toMatchObject({
      offers: null,
      flash: null,
      featuredEvents: { total: expect.any(Number) },
    });
    expect(failed.body.errors?.map(({ path }) => path?.join('.')).sort()).toEqual(['flash', 'offers']);
  });

  it('have ranges too', async () => {
    const { body } = await app.graphql('{ offers(limit: 0) { section } featuredEvents { section } }');
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(body.data?.['featuredEvents']).toMatchObject({ section: 'EVENTS' });
  });
});

describe('Apollo Sandbox', () => {
  it('is the landing page outside production, where there is none and no introspection', async () => {
    const html = { accept: 'text/html' };
    const landing = await app.get('/graphql', html);
    expect(landing.status).toBe(200);
    expect(landing.text).toContain('embeddable-sandbox');
    expect((await app.graphql('{ __schema { queryType { name } } }')).status).toBe(200);

    const production = await buildTestApp(shop.uri, { clock, env: { NODE_ENV: 'production' } });
    expect((await production.get('/graphql', html)).text).not.toContain('sandbox');
    expect((await production.graphql('{ __schema { queryType { name } } }')).status).toBe(400);
    await production.close();
  });
});
