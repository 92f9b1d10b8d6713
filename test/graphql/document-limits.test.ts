import { createHash } from 'node:crypto';
import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import manifest from '../../src/graphql/generated/persisted-documents.json' with { type: 'json' };
import { buildTestApp, type GraphqlBody, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
let production: TestApp;
let persistedOnly: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock });
  production = await buildTestApp(shop.uri, { clock, env: { NODE_ENV: 'production' } });
  persistedOnly = await buildTestApp(shop.uri, { clock, env: { PERSISTED_ONLY: 'true' } });
});
beforeEach(() => {
  app.commands.length = 0;
});
afterAll(async () => {
  await Promise.all([app.close(), production.close(), persistedOnly.close()]);
  await shop.close();
});

const repeated = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => text(index)).join(' ');
const nested = (count: number) => `{ homepage { ${'... { '.repeat(count)} metadata { ttl } ${'}'.repeat(count)} } }`;
const deep = (levels: number) => `{ ${'a { '.repeat(levels - 1)} b ${'}'.repeat(levels - 1)} }`;
const fragments = (levels: number) =>
  `{ homepage { ...F0 } } ${repeated(levels, (n) => `fragment F${n} on Homepage { ...F${n + 1} ...F${n + 1} }`)} fragment F${levels} on Homepage { metadata { ttl } }`;

/** Each definition holds all of those after it. */
const chain = (length: number) =>
  `{ homepage { ...F0 } } ${repeated(length, (n) => `fragment F${n} on Homepage { ...F${n + 1} a${n}: __typename }`)} fragment F${length} on Homepage { __typename }`;

/** Sends anything; the answer's first message and code. */
async function send(target: TestApp, body: unknown): Promise<{ status: number; message: string; code: unknown }> {
  const { status, text } = await target.inject({
    method: 'POST',
    url: '/graphql',
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body),
  });
  const [error] = (JSON.parse(text) as GraphqlBody).errors ?? [];
  return { status, message: error?.message ?? '', code: error?.extensions['code'] };
}

describe('a GraphQL limit refuses before execution, and says what it is', () => {
  it.each([
    ['tokens', `{ offers { ${repeated(2000, () => 'total')} } }`, '2000 tokens'],
    ['depth', deep(11), 'depth limit of 10 exceeded, found 11'],
    ['depth through fragments', `{ ...A } fragment A on Query { ${deep(11)} }`.replace('{ {', '{ c {'), 'limit of 10'],
    ['aliases', `{ ${repeated(31, (n) => `a${n}: offers { section }`)} }`, 'limit of 30 exceeded, found 31'],
    [
      'aliases through fragments',
      `{ ${repeated(16, (n) => `a${n}: offers { ...F }`)} } fragment F on OfferSection { b: total c: title }`,
      'limit of 30 exceeded, found 48',
    ],
    ['directives', `{ offers { total ${repeated(51, () => '@skip(if: false)')} } }`, 'limit of 50 exceeded, found 51'],
    ['selections of nested fragments', fragments(160), 'Selections limit of 2000 exceeded'],
    [
      'equal keys',
      `{ homepage(limit: 1) { ${repeated(31, () => 'offers { items { id } }')} } }`,
      'limit of 30 exceeded, found "offers" 31 times',
    ],
    [
      'equal keys through fragments',
      `{ homepage(limit: 1) { ${repeated(16, () => '... { offers { total } offers { total } }')} } }`,
      'limit of 30 exceeded, found "offers" 32 times',
    ],
    [
      'equal keys in parts that are merged',
      `{ homepage(limit: 1) { ${repeated(16, () => 'offers { items { id id } }')} } }`,
      'limit of 30 exceeded, found "id" 32 times',
    ],
    [
      'merging many keys',
      `{ homepage(limit: 1) { ${repeated(30, () => 'offers { items { id title subtitle image discountedPrice originalPrice cashbackPercentage validity category { id name } } }')} } }`,
      'Merging limit of 5000',
    ],
    ['overlapping fields', `{ offers { ${repeated(1900, () => 'total')} } }`, 'found "total" 1900 times'],
    [
      'equal keys of a fragment that nothing uses',
      `{ offers { total } } fragment A on OfferSection { ${repeated(31, () => 'total')} }`,
      'limit of 30 exceeded, found "total" 31 times',
    ],
    [
      'equal keys of a fragment within itself',
      `{ offers { total } } fragment A on OfferSection { ...A ${repeated(31, () => 'total')} }`,
      'limit of 30 exceeded, found "total" 31 times',
    ],
    ['fragments that hold each other', chain(160), 'Merging limit of 20000 selections'],
  ])('%s', async (_, query, named) => {
    const { status, message, code } = await send(app, { query });
    expect([status, code]).toEqual([400, expect.stringMatching(/^GRAPHQL_(PARSE|VALIDATION)_FAILED$/)]);
    const all = await app.graphql(query);
    expect(all.body.errors?.map((error) => error.message).join('; ')).toContain(named);
    expect(message).not.toBe('');
    expect(app.commands).toEqual([]);
  });

  it.each([
    ['tokens', `{ homepage(sections: [${repeated(1980, () => 'EVENTS')}]) { events { section } } }`],
    ['equal keys', `{ homepage(limit: 1) { ${repeated(30, () => 'offers { items { id } }')} } }`],
    ['aliases', `{ offers { ${repeated(30, (n) => `a${n}: total`)} } }`],
    ['inline fragments add no depth', nested(200)],
    ['fragments', fragments(6)],
    ['introspection outside production', getIntrospectionQuery()],
  ])('but not what is within it: %s', async (_, query) => {
    const { status, body } = await app.graphql(query);
    expect([status, body.errors]).toEqual([200, undefined]);
  });

  it('a fragment within itself is refused like any other fault', async () => {
    const query =
      '{ homepage { ...A } } fragment A on Homepage { ...B } fragment B on Homepage { ...A a: events { section } }';
    expect(await send(app, { query })).toMatchObject({
      status: 400,
      message: expect.stringContaining('within itself'),
    });
  });

  it.each([
    ['variables', { variables: { x: 'é'.repeat(8200) } }, 'variables: 16408 bytes, at most 16384'],
    ['extensions', { extensions: { x: 'x'.repeat(2048) } }, 'extensions: 2056 bytes, at most 2048'],
    ['operation name', { operationName: 'x'.repeat(257) }, 'operationName: 257 characters, at most 256'],
  ])('%s', async (_, more, named) => {
    const { status, message, code } = await send(app, { query: '{ offers { section } }', ...more });
    expect([status, code, message]).toEqual([400, 'VALIDATION_ERROR', expect.stringContaining(named)]);
    expect(app.commands).toEqual([]);
  });

  it('variables that are too deep to be written again', async () => {
    const variables = `${'{"a":'.repeat(9000)}1${'}'.repeat(9000)}`;
    const { status, text } = await app.inject({
      ...{ method: 'POST', url: '/graphql', headers: { 'content-type': 'application/json' } },
      payload: `{"query":"{ offers { section } }","variables":${variables}}`,
    });
    expect([status, text]).toEqual([400, expect.stringContaining('variables: ')]);
  });

  it('extensions and operation name of GET as well', async () => {
    for (const more of [`extensions={"x":"${'x'.repeat(2048)}"}`, `operationName=${'x'.repeat(257)}`]) {
      const url = `/graphql?query={offers{section}}&${more}`;
      const { status, body } = await app.get(url);
      expect([status, JSON.stringify(body)]).toEqual([400, expect.stringMatching(/at most (2048|256)/)]);
    }
  });

  it('a body of more than 64 KiB is a 413', async () => {
    const { status, message } = await send(app, { query: '{ offers { section } }', x: 'x'.repeat(65_536) });
    expect([status, message]).toEqual([413, 'The body is too large; at most 65536 bytes are allowed']);
  });

  it('batches are off', async () => {
    expect(await send(app, [{ query: '{ offers { section } }' }])).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});

describe('a body is JSON', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    '%s, which a foreign page can make a browser send, is refused',
    async (type) => {
      const { status, text } = await app.inject({
        ...{ method: 'POST', url: '/graphql', headers: { 'content-type': type } },
        payload: '{"query":"{offers{section}}"}',
      });
      expect([status, text]).toEqual([415, expect.stringContaining('allowed: application/json')]);
      expect(app.commands).toEqual([]);
    },
  );
});

it('GET needs no special header: there are no cookies and no mutations', async () => {
  expect((await app.get('/graphql?query={offers{total}}')).status).toBe(200);
});

describe('in production nothing tells of the schema', () => {
  it.each([
    ['{ ofers { total } }', {}],
    ['{ offers { totl } }', {}],
    ['query ($s: [SectionId!]) { homepage(sections: $s) { events { section } } }', { s: ['EVENTZ'] }],
    ['query ($l: GeoPointInput) { featuredEvents(location: $l) { section } }', { l: { lngg: 1 } }],
    ['{ __schema { queryType { name } } }', {}],
  ])('%s', async (query, variables) => {
    const [told, kept] = [await app.graphql(query, variables), await production.graphql(query, variables)];
    expect(kept.status).toBe(400);
    const text = JSON.stringify(kept.body);
    expect(text).not.toMatch(/did you mean|EVENTS|"lng|lat\b|Float|stacktrace/i);
    if (told.status === 400) expect(JSON.stringify(told.body)).toMatch(/did you mean|was not provided/i);
  });
});

describe('persisted operations', () => {
  const [[key = '', text = ''] = []] = Object.entries(manifest).filter(([, document]) =>
    document.includes('query Offers'),
  );
  const hash = key.replace('sha256:', '');
  const byHash = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });
  const own = '{ offers { total } }';
  const ownHash = createHash('sha256').update(own).digest('hex');

  it('of the manifest are served by their hash at once, by POST and GET, also while nothing else is', async () => {
    for (const target of [app, persistedOnly, production]) {
      expect(await send(target, byHash(hash))).toMatchObject({ status: 200, message: '' });
      const url = `/graphql?extensions=${encodeURIComponent(JSON.stringify(byHash(hash).extensions))}`;
      const { status, body } = await target.get(url);
      expect([status, body.data]).toEqual([200, { offers: expect.objectContaining({ section: 'OFFERS' }) }]);
    }
  });

  it('of clients are served once they are registered', async () => {
    expect(await send(app, byHash(ownHash))).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(await send(app, { query: own, ...byHash(hash) })).toMatchObject({ status: 400 });
    expect(await send(app, { query: own, ...byHash(ownHash) })).toMatchObject({ status: 200, message: '' });
    expect(await send(app, byHash(ownHash))).toMatchObject({ status: 200, message: '' });
  });

  it('are all there is with PERSISTED_ONLY, by hash or by text; REST works on', async () => {
    expect(await send(persistedOnly, { query: text })).toMatchObject({ status: 200, message: '' });
    const refused = { status: 400, code: 'PERSISTED_QUERY_NOT_SUPPORTED' };
    persistedOnly.commands.length = 0;
    for (const body of [
      { query: own },
      { query: own, ...byHash(ownHash) },
      { query: own, ...byHash(hash) },
      byHash(ownHash),
      byHash('__proto__'),
      { extensions: { persistedQuery: { version: 1, sha256Hash: { $gt: '' } } } },
      { query: `${text} ` },
    ]) {
      expect(await send(persistedOnly, body)).toMatchObject(refused);
    }
    expect(persistedOnly.commands).toEqual([]);
    expect((await persistedOnly.get('/api/v1/homepage?sections=offers')).status).toBe(200);
  });
});
