import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const clock = createFakeClock();
const { logger, lines } = createTestLogger('debug');
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock, logger });
});
beforeEach(() => {
  app.commands.length = 0;
  lines.length = 0;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const page = '/api/v1/homepage';
const keyOf = async (query: string) => {
  const { status, body } = await app.get(`${page}?${query}`);
  return [status, status === 200 ? body.data.metadata['cacheKey'] : undefined];
};

describe('a parameter is text of its own form and nothing else', () => {
  it.each([
    ...['limit[$gt]=1', 'limit[]=1', 'limit=1%00', 'limit=%EF%BC%95', 'limit=%D9%A5', 'limit=1e309', 'limit=0x5'],
    ...[`limit=${'9'.repeat(400)}`, 'limit=+5', 'limit=5;sections=offers', 'limit=%ED%A0%80', 'limit=%zz', 'limit=-1'],
    ...['userId[$ne]=x', 'userId=%0d%0aset-cookie:x', 'location[$near]=1', 'location=1e309,2', 'location=1,2%2C3'],
    ...['location=%EF%BC%91,2', 'location=1:2,3', 'sections=__proto__', 'sections=constructor', 'sections=offers%00'],
    ...[
      'sections=offers:limit=1',
      'fields=__proto__.x',
      'fields=justForYou.constructor',
      'fields=justForYou.__proto__.x',
    ],
    ...['fields=offers.items.title%3Alimit=1', 'fallback=__proto__', 'fallback=toString', 'fresh=__proto__'],
    ...['fresh=constructor', 'includeAnalytics=toString', 'includeAnalytics=hasOwnProperty'],
  ])('%s is a 400, and nothing is asked of the database', async (query) => {
    expect((await app.get(`${page}?${query}`)).status).toBe(400);
    expect(app.commands).toEqual([]);
  });

  it.each(['featured=__proto__', 'flashSale=constructor', 'fresh=valueOf'])('/offers?%s is a 400', async (query) => {
    expect((await app.get(`/offers?${query}`)).status).toBe(400);
    expect(app.commands).toEqual([]);
  });

  it.each(['__proto__[x]=1', '__proto__=1', 'constructor.prototype=1', 'limit.$gt=1', '$where=1', ':limit=1'])(
    '%s is a name that nobody knows: it changes neither the answer nor its key',
    async (query) => {
      expect(await keyOf(query)).toEqual([200, 'homepage:anonymous:v1']);
      expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
    },
  );

  it('whatever is sent: an answer below 500, no operator in a command, and a key of nothing but what is allowed', async () => {
    const names = fc.constantFrom(
      ...['limit', 'sections', 'fields', 'location', 'fallback', 'fresh', 'includeAnalytics', '__proto__', 'x'],
    );
    const hostile = fc.constantFrom(
      ...[
        '$gt',
        '[$ne]',
        '[]',
        '__proto__',
        'constructor',
        ':',
        ',',
        ';',
        '=',
        '\0',
        '\r\n',
        '5',
        'offers',
        '.',
        '1e309',
      ],
    );
    const text = fc.array(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 3 });
    const parameter = fc.tuple(names, fc.option(hostile, { nil: '' }), text);
    await fc.assert(
      fc.asyncProperty(fc.array(parameter, { minLength: 1, maxLength: 3 }), async (parameters) => {
        app.commands.length = 0;
        const query = parameters
          .map(([name, suffix, parts]) => [name + suffix, parts.join('')].map(encodeURIComponent).join('='))
          .join('&');
        const { status, body } = await app.get(`${page}?${query}`);
        expect([200, 400]).toContain(status);
        if (status === 400) expect(app.commands).toEqual([]);
        else expect(body.data.metadata['cacheKey']).toMatch(/^homepage:anonymous:v1(:[a-zA-Z]+=[\w.,-]+)*$/);
        expect(JSON.stringify(app.commands)).not.toMatch(/__proto__|constructor|\$where/);
      }),
      { numRuns: 300 },
    );
  }, 120_000);
});

describe('GraphQL values', () => {
  const located = 'query ($at: GeoPointInput) { featuredEvents(location: $at) { section } }';
  it.each([
    ['an operator for a number', { lng: { $gt: 0 }, lat: 1 }],
    ['an operator beside the fields', { lng: 1, lat: 1, $where: '1' }],
    ['a list', [1, 2]],
    ['text', '1,2'],
  ])('%s in a location is a 400', async (_, at) => {
    expect((await app.graphql(located, { at })).status).toBe(400);
    expect(app.commands).toEqual([]);
  });

  it.each(['1e309', '9'.repeat(400), '-1e400'])('a number beyond all numbers is out of range: %s', async (lng) => {
    const { body } = await app.graphql(`{ featuredEvents(location: { lng: ${lng}, lat: 1 }) { section } }`);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_ERROR' });
    expect(app.commands).toEqual([]);
  });

  it.each([
    '{"query":"{ offers { section } }","variables":{"__proto__":{"x":1}}}',
    '{"query":"{ offers { section } }","variables":{"constructor":{"prototype":{"x":1}}}}',
    '{"query":{"$gt":""}}',
    '{"query":"{ offers { section } }","operationName":{"$ne":1}}',
  ])('%s is a 400', async (payload) => {
    const headers = { 'content-type': 'application/json' };
    const { status } = await app.inject({ method: 'POST', url: '/graphql', headers, payload });
    expect([status, app.commands]).toEqual([400, []]);
  });

  it.each(['[', 'a b', 'x/y', '%zz', 'a@b', 'a:b', '[::1', 'a,b'])('a host of %s is a 400', async (host) => {
    const headers = { host, 'content-type': 'application/json' };
    const request = {
      method: 'POST',
      url: '/graphql',
      headers,
      payload: '{"query":"{ offers { section } }"}',
    } as const;
    expect((await app.inject(request)).status).toBe(400);
    expect((await app.get('/healthz', { host })).status).toBe(400);
  });
});

describe('log lines', () => {
  it.each([
    ['request id', '/offers', { 'x-request-id': 'a","level":"FATAL' }],
    ['user agent', '/offers', { 'user-agent': 'x\t{"level":"FATAL"}' }],
    ['path', '/offers%0d%0aFATAL', {}],
    ['query', `${page}?userId=%0d%0aFATAL`, {}],
    ['path that cannot be decoded', '/%0d%0a%zzFATAL', {}],
  ])('cannot be forged by a %s', async (_, url, headers) => {
    const { headers: sent } = await app.get(url, headers);
    expect(String(sent['x-request-id'])).toMatch(/^req_[\w-]+$/);
    for (const line of lines) {
      expect(line['level']).not.toBe('FATAL');
      expect(JSON.stringify(line)).not.toMatch(/\\r|\\n/);
    }
  });
});
