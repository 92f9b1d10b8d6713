import { createHash } from 'node:crypto';
import { parse, validate } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readManifest, withPublished } from '../../src/graphql/operations/manifest.js';
import { createSchema } from '../../src/graphql/schema/build-schema.js';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type GraphqlBody, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
const manifest = readManifest();
const published = Object.entries(manifest);
const [[hash = ''] = []] = published.filter(([, { name }]) => name === 'Offers');
const unknown = '0'.repeat(64);
let shop: Shop;
let app: TestApp;
let persistedOnly: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock });
  persistedOnly = await buildTestApp(shop.uri, { clock, env: { PERSISTED_ONLY: 'true' } });
});
beforeEach(() => {
  app.commands.length = 0;
  persistedOnly.commands.length = 0;
});
afterAll(async () => {
  await Promise.all([app.close(), persistedOnly.close()]);
  await shop.close();
});

interface Answer {
  status: number;
  body: GraphqlBody;
}

async function post(target: TestApp, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const { status, text } = await target.inject({
    ...{ method: 'POST', url: '/graphql', headers },
    payload: JSON.stringify(body),
  });
  return { status, body: JSON.parse(text) };
}

async function get(target: TestApp, parameters: Readonly<Record<string, unknown>>): Promise<Answer> {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    search.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  }
  const { status, text } = await target.get(`/graphql?${search}`, { 'apollo-require-preflight': '1' });
  return { status, body: JSON.parse(text) };
}

const methods = [
  ['POST', post],
  ['GET', get],
] as const;
const withExtension = (sha256Hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } } });

describe('the manifest', () => {
  const schema = createSchema(registry);

  it.each(published)('%s is the sha256 of an operation that is served', async (sha256, { name, document }) => {
    expect(createHash('sha256').update(document).digest('hex')).toBe(sha256);
    expect(validate(schema, parse(document))).toEqual([]);
    const { status, body } = await post(persistedOnly, { documentId: `sha256:${sha256}`, operationName: name });
    expect([status, body.errors]).toEqual([200, undefined]);
    for (const value of Object.values(body.data ?? {})) expect(value).not.toBeNull();
  });

  it('only grows: an operation that is generated no longer stays, with its date', () => {
    const present = { [`sha256:${unknown}`]: 'query New { offers { total } }' };
    const grown = withPublished(manifest, present, '2030-01-02');
    expect(grown).toEqual({
      ...manifest,
      [unknown]: { name: 'New', published: '2030-01-02', document: 'query New { offers { total } }' },
    });
    expect(withPublished(grown, present, '2031-01-01')).toEqual(grown);
    expect(Object.keys(grown).at(-1)).toBe(unknown);
  });
});

describe('a persisted operation', () => {
  const spellings: [string, object][] = [
    ['documentId', { documentId: `sha256:${hash}` }],
    ['documentId without its prefix', { documentId: hash }],
    ["Apollo's extension", withExtension(hash)],
    ["Apollo's extension with a prefix", withExtension(`sha256:${hash}`)],
  ];

  it.each(spellings)('is asked for by %s, by POST and GET, also while nothing else is served', async (_, asked) => {
    for (const target of [app, persistedOnly]) {
      for (const send of [post, get]) {
        const { status, body } = await send(target, { ...asked, variables: { limit: 1, flashSale: true } });
        expect([status, body.errors]).toEqual([200, undefined]);
        expect(body.data?.['offers']).toMatchObject({ section: 'FLASH_SALES', items: [{ id: expect.any(String) }] });
      }
    }
  });

  it('that a client has registered has a document id, too', async () => {
    const query = '{ offers { total } }';
    const own = createHash('sha256').update(query).digest('hex');
    expect((await post(app, { query, ...withExtension(`sha256:${own}`) })).status).toBe(200);
    expect(await get(app, { documentId: `sha256:${own}` })).toMatchObject({ status: 200 });
    expect(await post(persistedOnly, { documentId: own })).toMatchObject({ status: 400 });
  });

  it.each(methods)('that there is not is a 400 that names it, by %s', async (_, send) => {
    const { status, body } = await send(app, { documentId: `sha256:${unknown}` });
    expect([status, body.errors?.[0]]).toEqual([
      400,
      {
        message: `There is no persisted operation sha256:${unknown}`,
        extensions: { code: 'PERSISTED_QUERY_NOT_FOUND' },
      },
    ]);
    const only = await send(persistedOnly, { documentId: `sha256:${unknown}` });
    expect([only.status, only.body.errors?.[0]?.extensions]).toEqual([400, { code: 'PERSISTED_QUERY_NOT_SUPPORTED' }]);
  });

  it.each([
    ['of another kind', { documentId: `x-custom:${hash}` }],
    ['in upper case', { documentId: hash.toUpperCase() }],
    ['that is too short', { documentId: 'sha256:abc' }],
    ['that is empty', { documentId: '' }],
    ['that is no text', { documentId: { $gt: '' } }],
    ['beside a text', { documentId: hash, query: '{ offers { total } }' }],
    ["beside Apollo's extension", { documentId: hash, ...withExtension(hash) }],
  ])('is refused by a document id %s, before anything is read', async (_, asked) => {
    for (const send of [post, get]) {
      const { status, body } = await send(app, asked);
      expect([status, body.errors?.[0]?.extensions['code']]).toEqual([400, 'VALIDATION_ERROR']);
      expect(body.errors?.[0]?.message).toMatch(/^documentId: must be /);
    }
    expect((await post(persistedOnly, asked)).status).toBe(400);
    expect([...app.commands, ...persistedOnly.commands]).toEqual([]);
  });

  it('is asked for by text when its document id is null', async () => {
    expect(await post(app, { documentId: null, query: '{ offers { total } }' })).toMatchObject({ status: 200 });
  });
});

describe('an empty operation name', () => {
  it.each(methods)('is none, by %s', async (_, send) => {
    const query = 'query Total { offers { total } }';
    const { status, body } = await send(app, { query, operationName: '' });
    expect([status, body.errors]).toEqual([200, undefined]);
    expect((await send(app, { query, operationName: 'Other' })).status).toBe(400);
  });
});
