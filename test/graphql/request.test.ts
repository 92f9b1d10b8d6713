import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bearer, buildTestApp, type TestApp } from '../support/app.js';
import { createFakeClock } from '../support/fake-clock.js';
import { type Shop, startShop } from '../support/shop.js';

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
      '{ homepage(sections: [EVENTS, TRENDING_STORES]) { trendingStores { id } events { id } metadata { timestamp userId cacheKey ttl fromCache executionTime partialFailure sections { section status ageMs durationMs } } analytics { sectionViews { section views } recommendationScore } } }',
    );
    expect(body.data?.['homepage']?.['metadata']).toEqual({
      timestamp: new Date(clock.now()).toISOString(),
      userId: null,
      cacheKey: 'homepage:anonymous:v1:includeAnalytics=true:sections=trending_stores,events',
      ttl: 180,
      fromCache: false,
      executionTime: 0,
      partialFailure: false,
      sections: ['trending_stores', 'events'].map((section) => ({ section, status: 'FRESH', ageMs: 0, durationMs: 0 })),
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
      'query ($limit: Int, $at: GeoPointInput) { homepage(limit: $limit, location: $at) { events { id } } }';
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
      'query ($s: [SectionId!]) { homepage(sections: $s) { events { id } } }',
      { s: ['EVENTZ'] },
      'EVENTS',
    ],
    ['an unknown field', '{ homepage { evnts { id } } }', {}, 'events'],
    ['text for a number', 'query ($l: Int) { homepage(limit: $l) { events { id } } }', { l: 'ten' }, 'Int'],
    ['a syntax error', '{ homepage', {}, 'Syntax Error'],
  ])('refuses %s with status 400, and says what would do', async (_, query, variables, hint) => {
    const { status, body } = await app.graphql(query, variables);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain(hint);
    expect(body.errors?.[0]?.extensions).not.toHaveProperty('stacktrace');
  });

  it('answers an empty list of sections with an empty page', async () => {
    const { body } = await app.graphql(
      '{ homepage(sections: []) { events { id } metadata { sections { section } } } }',
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
      '{ featuredProducts(limit: 2) { items { id } total } newArrivals(limit: 2) { items { id } } featuredStores(location: { lng: 0, lat: 0 }) { nearby } featuredEvents { total } offers { id } flash: offers(flashSale: true, limit: 1) { id items { id } } }';
    const { body } = await app.graphql(query);
    expect(body.errors).toBeUndefined();
    expect(body.data?.['featuredProducts']?.['items']).toHaveLength(2);
    expect(body.data).toMatchObject({ offers: { id: 'offers' }, flash: { id: 'flashSales' } });
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
    const { body } = await app.graphql('{ offers(limit: 0) { id } featuredEvents { id } }');
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(body.data?.['featuredEvents']).toMatchObject({ id: 'events' });
  });
});

describe('complexity', () => {
  const page = (limit: number) =>
    `homepage(limit: ${limit}) { justForYou { id } newArrivals { id } trendingStores { id } events { id } offers { id } flashSales { id } metadata { ttl } }`;

  it('lets two whole pages of the largest limit pass', async () => {
    const { status, body } = await app.graphql(`{ a: ${page(20)} b: ${page(20)} }`);
    expect([status, body.errors]).toEqual([200, undefined]);
  });

  it('refuses more before anything is executed, and names the limit', async () => {
    app.commands.length = 0;
    const { status, body } = await app.graphql(`{ a: ${page(20)} b: ${page(20)} offers(limit: 1) { id } }`);
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toBe('The operation asks for 241 items, at most 240 are allowed');
    expect(app.commands).toEqual([]);
  });

  it('counts items that variables ask for', async () => {
    const query = `query ($n: Int) { ${'abcdefghijklm'
      .split('')
      .map((alias) => `${alias}: offers(limit: $n) { id }`)
      .join(' ')} }`;
    expect((await app.graphql(query, { n: 18 })).status).toBe(200);
    expect((await app.graphql(query, { n: 19 })).status).toBe(400);
  });
});

describe('complexity counts what is loaded', () => {
  const six =
    'justForYou { id } newArrivals { id } trendingStores { id } events { id } offers { id } flashSales { id }';
  /** The items that an operation asks for, as the refusal of it and of a page too many says. */
  async function cost(fields: string, definitions = '', variables = {}): Promise<number> {
    const over = `over1: homepage(limit: 20) { ${six} } over2: homepage(limit: 20) { ${six} } over3: offers(limit: 1) { id }`;
    const head = definitions.startsWith('(') ? `query ${definitions.slice(0, definitions.indexOf(')') + 1)}` : 'query';
    const fragments = definitions.slice(definitions.indexOf(')') + 1);
    const { body } = await app.graphql(`${head} { ${fields} ${over} } ${fragments}`, variables);
    return Number(/asks for (-?\d+) items/.exec(body.errors?.[0]?.message ?? '')?.[1]) - 241;
  }

  it.each([
    ['a negative limit as the least', `homepage(limit: -1000) { ${six} }`, 6],
    ['a list of a negative limit as the least', 'offers(limit: -1000) { id }', 1],
    ['a limit out of range as the largest', `homepage(limit: 2000000000) { ${six} }`, 120],
    ['null as the default', 'homepage(limit: null) { events { id } }', 10],
    ['only sections that are asked for', `homepage(sections: [EVENTS], limit: 20) { ${six} }`, 20],
    ['only sections that are selected', 'homepage(sections: [EVENTS, OFFERS], limit: 20) { events { id } }', 20],
    ['no sections as nothing', `homepage(sections: [], limit: 20) { ${six} }`, 0],
    ['null as all sections', `homepage(sections: null, limit: 1) { ${six} }`, 6],
    ['a section once, whatever its aliases', 'homepage(limit: 7) { events { id } a: events { total } }', 7],
    ['a page for each alias', 'homepage(limit: 7) { events { id } } a: homepage(limit: 7) { events { id } }', 14],
    [
      'merged pages once',
      'homepage(limit: 7) { events { id } } homepage(limit: 7) { events { id } offers { id } }',
      14,
    ],
    ['merged lists once', 'offers(limit: 7) { id } offers(limit: 7) { total } a: offers(limit: 7) { id }', 14],
    [
      'nothing that is skipped',
      'homepage { events @skip(if: true) { id } ... @include(if: false) { offers { id } } }',
      0,
    ],
  ])('%s', async (_, fields, items) => {
    expect(await cost(fields)).toBe(items);
  });

  it('through fragments and variables', async () => {
    const fragments = ['A', 'B', 'C'].map((name) => `fragment ${name} on Homepage { ${six} }`).join(' ');
    expect(await cost('homepage(limit: 20) { ...A ...B ...C }', fragments)).toBe(120);
    const onQuery = ['A', 'B', 'C'].map((name) => `fragment ${name} on Query { homepage { ${six} } }`).join(' ');
    expect(await cost('...A ...B ...C', onQuery)).toBe(60);
    const page = `homepage(sections: $s, limit: $n) { ${six} }`;
    expect(await cost(page, '($s: [SectionId!], $n: Int)', { s: ['EVENTS'], n: 5 })).toBe(5);
  });

  it('so that a negative limit opens no door', async () => {
    const pages = 'abcdef'.split('').map((alias) => `${alias}: homepage(limit: 20) { ${six} }`);
    app.commands.length = 0;
    const { status } = await app.graphql(`{ ${pages.join(' ')} x: homepage(limit: -10000) { ${six} } }`);
    expect([status, app.commands]).toEqual([400, []]);
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
