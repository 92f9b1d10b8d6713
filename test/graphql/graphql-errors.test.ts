import { GraphQLError } from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.js';
import { toGraphQLError } from '../../src/graphql/apollo/graphql-errors.js';
import { bearer, buildTestApp, type GraphqlBody, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const clock = createFakeClock();
const { logger, lines } = createTestLogger('info');
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock, logger });
});
beforeEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const query = '{ offers { section } }';
const sha256Hash = '0'.repeat(64);
const json = { 'content-type': 'application/json' };

async function post(payload: string, headers: Record<string, string> = {}) {
  const { status, text, ...rest } = await app.inject({
    method: 'POST',
    url: '/graphql',
    headers: { ...json, ...headers },
    payload,
  });
  return { status, headers: rest.headers, body: JSON.parse(text) as GraphqlBody };
}

describe("a fault of the request is the client's, and no error in the log", () => {
  it.each<[string, unknown, string]>([
    ['a mutation', { query: 'mutation { x }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a subscription', { query: 'subscription { x }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a wrong hash', { query, extensions: { persistedQuery: { version: 1, sha256Hash } } }, 'BAD_REQUEST'],
    [
      'an unknown version of persisted queries',
      { query, extensions: { persistedQuery: { version: 2, sha256Hash } } },
      'BAD_REQUEST',
    ],
    ['an unknown operation', { query, operationName: 'Nope' }, 'OPERATION_RESOLUTION_FAILURE'],
    ['no operation', { query: 'fragment A on Query { offers { section } }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['two operations without a name', { query: `query A ${query} query B ${query}` }, 'OPERATION_RESOLUTION_FAILURE'],
    ['a batch', [{ query }, { query }], 'BAD_REQUEST'],
    ['an empty batch', [], 'BAD_REQUEST'],
    ['no query', { variables: {} }, 'BAD_REQUEST'],
    ['a query that is no text', { query: 5 }, 'BAD_REQUEST'],
    ['variables that are no object', { query, variables: 'x' }, 'BAD_REQUEST'],
    ['a variable that does not fit', { query: 'query ($n: Int!) { offers(limit: $n) { section } }' }, 'BAD_USER_INPUT'],
  ])('%s', async (_, request, code) => {
    const { status, body } = await post(JSON.stringify(request));
    expect([status, body.errors?.[0]?.extensions]).toEqual([400, { code }]);
    expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('a mutation by GET', async () => {
    const { status, body } = await app.get('/graphql?query=mutation%7Bx%7D');
    expect(status).toBe(400);
    expect(body.errors?.[0]?.['extensions']).toEqual({ code: 'GRAPHQL_VALIDATION_FAILED' });
    expect(lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  it('a persisted query that is not known, which clients then send whole', async () => {
    const { status, body } = await post(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash } } }));
    expect([status, body.errors?.[0]?.message]).toEqual([200, 'PersistedQueryNotFound']);
    expect(body.errors?.[0]?.extensions).toEqual({ code: 'PERSISTED_QUERY_NOT_FOUND' });
  });
});

describe('a request that Apollo never sees is refused in the form of GraphQL', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['malformed JSON', 400, '{"query": ', {}],
    ['an empty body', 400, '', {}],
    ['another content type', 415, 'query=x', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['a body beyond the limit', 413, JSON.stringify({ query: ' '.repeat(1_100_000) }), {}],
  ])('%s', async (_, expected, payload, headers) => {
    const { status, body } = await post(payload, headers);
    expect([status, body]).toEqual([
      expected,
      { errors: [{ message: expect.any(String), extensions: { code: 'BAD_REQUEST' } }] },
    ]);
  });

  it('and one with a bad token says how to do better', async () => {
    const other = await bearer('507f1f77bcf86cd799439011', clock, { secret: 'some other secret of 32 bytes....' });
    const { status, headers, body } = await post(JSON.stringify({ query }), other);
    expect([status, headers['www-authenticate']]).toEqual([401, 'Bearer']);
    expect(body.errors?.[0]?.extensions).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('toGraphQLError', () => {
  const format = (error: GraphQLError) => toGraphQLError({ message: error.message, extensions: {} }, error);

  it("takes nothing that a resolver met for the request's fault", () => {
    const foreign = new GraphQLError('secret', { originalError: new TypeError('secret') });
    // What graphql-js throws when a value of ours does not fit its type.
    const unfit = new GraphQLError('Int cannot represent 3.5', { path: ['offers', 'total'] });
    const wrapped = new GraphQLError('secret', { originalError: foreign });
    for (const error of [foreign, unfit, wrapped]) {
      const { error: answer, unforeseen } = format(error);
      expect([answer.message, answer.extensions?.['code'], unforeseen]).toEqual([
        'Internal error',
        'INTERNAL_ERROR',
        true,
      ]);
    }
  });

  it("keeps a refusal's code, and the gateway's own errors", () => {
    const refused = new GraphQLError('no', { extensions: { http: { status: 405 } }, originalError: new Error('no') });
    expect(format(refused)).toMatchObject({ error: { extensions: { code: 'BAD_REQUEST' } }, unforeseen: false });
    const known = new GraphQLError('x', { originalError: new AppError('TIMEOUT_ERROR', 'late') });
    expect(format(known)).toMatchObject({ error: { message: 'late' }, unforeseen: false });
  });
});
