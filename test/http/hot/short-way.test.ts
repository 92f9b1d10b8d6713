import { channel } from 'node:diagnostics_channel';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graphql/schema/build-schema.js';
import { registry } from '../../../src/sections/registry.js';
import { bearer } from '../../support/app/build-test-app.js';
import { cachedAppFixture } from '../../support/app/cached-app-fixture.js';
import { randomOperations } from '../../support/data/random-operations.js';

const fixture = cachedAppFixture({ products: 120 });

/** Requests that Fastify has handled: the short way's never reach it. */
let handled = 0;
const count = () => {
  handled += 1;
};
const requests = channel('tracing:fastify.request.handler:start');
beforeEach(() => requests.subscribe(count));
afterEach(() => requests.unsubscribe(count));

type Sent = Parameters<typeof fixture.app.send>[0];
type Answer = Awaited<ReturnType<typeof fixture.app.send>>;

/** The answer over a socket, and whether it came by the short way. */
async function send(request: Sent): Promise<Answer & { short: boolean }> {
  const before = handled;
  const answer = await fixture.app.send(request);
  return { ...answer, short: handled === before && [200, 304].includes(answer.status) };
}

/** What two answers to one request may differ in. */
const ofTheConnection = ['date', 'connection', 'keep-alive', 'x-request-id', 'transfer-encoding', 'content-length'];
const comparable = ({ status, headers, bytes }: Answer) => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !ofTheConnection.includes(name))),
  text: plain({ headers, bytes }),
});

function plain({ headers, bytes }: Pick<Answer, 'headers' | 'bytes'>): string {
  const encoding = headers['content-encoding'];
  const inflate = encoding === 'gzip' ? gunzipSync : encoding === 'br' ? brotliDecompressSync : (all: Buffer) => all;
  return inflate(bytes).toString();
}

/** The same request past the short way. */
async function sendLong({ method = 'GET', path, headers = {}, body }: Sent): Promise<Answer> {
  const payload = body === undefined ? {} : { payload: body };
  const { status, headers: got, text } = await fixture.app.inject({ method, url: path, headers, ...payload });
  return { status, headers: got as Answer['headers'], bytes: Buffer.from(text) };
}

const json = { 'content-type': 'application/json' };
const operations = randomOperations(createSchema(registry), registry);
const searches = fc
  .record({
    limit: fc.option(fc.integer({ min: 1, max: 20 })),
    sections: fc.option(
      fc.shuffledSubarray(
        registry.map(({ id }) => id),
        { minLength: 1 },
      ),
    ),
    location: fc.option(fc.constantFrom('55.27,25.2', '-3.7,40.42')),
    fallback: fc.option(fc.constantFrom('null', 'empty')),
    other: fc.option(fc.constantFrom('x', 'é')),
  })
  .map((values) => {
    const given = Object.entries(values).filter(([, value]) => value !== null);
    return `?${new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])))}`;
  });

describe('an answer of the short way is that of the long way', () => {
  it('for pages by REST, for any parameters, users and encodings', async () => {
    const headers = [
      {},
      { 'accept-encoding': 'identity' },
      { origin: 'http://localhost:3000', accept: '*/*' },
      await bearer('507f1f77bcf86cd799439011', fixture.clock),
    ];
    let short = 0;
    await fc.assert(
      fc.asyncProperty(searches, fc.constantFrom(...headers), async (search, headers) => {
        const request = { path: `/api/v1/homepage${search}`, headers: { ...headers } };
        await send(request);
        const answer = await send(request);
        expect(comparable(answer)).toEqual(comparable(await sendLong(request)));
        if (answer.short) short += 1;
      }),
      { numRuns: 60, seed: 1 },
    );
    expect(short).toBeGreaterThan(55);
  });

  it('for random GraphQL operations, variables and users', async () => {
    const signedIn = await bearer('507f1f77bcf86cd799439011', fixture.clock);
    let short = 0;
    await fc.assert(
      fc.asyncProperty(operations, fc.boolean(), fc.boolean(), async ({ query, variables }, isUser, isGet) => {
        const headers = { ...(isUser ? signedIn : {}), accept: 'application/graphql-response+json, application/json' };
        const search = new URLSearchParams({ query, variables: JSON.stringify(variables) });
        const request: Sent = isGet
          ? { path: `/graphql?${search}`, headers }
          : {
              method: 'POST',
              path: '/graphql',
              headers: { ...headers, ...json },
              body: JSON.stringify({ query, variables }),
            };
        await send(request);
        const answer = await send(request);
        expect(comparable(answer), query).toEqual(comparable(await sendLong(request)));
        if (answer.short) short += 1;
      }),
      { numRuns: 120, seed: 2 },
    );
    expect(short).toBeGreaterThan(60);
  });

  it.each(['gzip', 'br', 'gzip, deflate, br, zstd'])(
    'compressed as %s: the same content, smaller',
    async (encoding) => {
      const request = { path: '/api/v1/homepage', headers: { 'accept-encoding': encoding } };
      await send(request);
      const answer = await send(request);
      const identity = await send({ path: '/api/v1/homepage' });
      expect([answer.short, identity.short]).toEqual([true, true]);
      expect(plain(answer)).toBe(identity.bytes.toString());
      expect(answer.bytes.length).toBeLessThan(identity.bytes.length / 3);
      expect(Number(answer.headers['content-length'])).toBe(answer.bytes.length);
      expect(answer.headers.etag).toBe(identity.headers.etag);
    },
  );

  it('304 to a client that holds the content, by either way', async () => {
    const first = await send({ path: '/api/v1/homepage?sections=offers' });
    const headers = { 'if-none-match': String(first.headers.etag) };
    const request = { path: '/api/v1/homepage?sections=offers', headers };
    const answer = await send(request);
    expect([first.short, answer.short, answer.status, answer.bytes.length]).toEqual([false, true, 304, 0]);
    expect(comparable(answer)).toEqual(comparable(await sendLong(request)));
  });
});

describe('what is not plain goes the long way', () => {
  it.each<[string, Sent]>([
    ['a bad parameter', { path: '/api/v1/homepage?limit=50' }],
    ['a fresh page', { path: '/api/v1/homepage?fresh=true' }],
    ['analytics', { path: '/api/v1/homepage?includeAnalytics=true' }],
    ["another user's page", { path: '/api/v1/homepage?userId=507f1f77bcf86cd799439011' }],
    ['a token that nobody has verified', { path: '/api/v1/homepage', headers: { authorization: 'Bearer x' } }],
    ['an accept header that excludes JSON', { path: '/api/v1/homepage', headers: { accept: 'text/css' } }],
    ['a deadline of its own', { path: '/api/v1/homepage', headers: { 'x-request-timeout-ms': '1000' } }],
    ['a URL that is too long', { path: `/api/v1/homepage?x=${'a'.repeat(9000)}` }],
    ['a body where there is none', { path: '/api/v1/homepage', headers: json, body: '{}' }],
    ['a bad host', { path: '/api/v1/homepage', headers: { host: 'a b' } }],
    ['HEAD', { method: 'HEAD', path: '/api/v1/homepage' }],
    [
      'introspection',
      { method: 'POST', path: '/graphql', headers: json, body: '{"query":"{ __schema { queryType { name } } }"}' },
    ],
    [
      'a list beside a page',
      {
        method: 'POST',
        path: '/graphql',
        headers: json,
        body: '{"query":"{ offers { total } homepage { offers { total } } }"}',
      },
    ],
    ['a body that is no JSON', { method: 'POST', path: '/graphql', headers: json, body: '{' }],
    [
      'an unknown field',
      { method: 'POST', path: '/graphql', headers: json, body: '{"query":"{ homepage { evnts { total } } }"}' },
    ],
  ])('%s', async (_, request) => {
    await send({ path: '/api/v1/homepage' });
    await send(request);
    const answer = await send(request);
    expect(answer.short).toBe(false);
    const { method } = request;
    if (method !== 'HEAD') expect(answer.status).toBe((await sendLong(request)).status);
  });

  it('a section that is stale, failed or not in memory', async () => {
    const request = { path: '/api/v1/homepage?sections=offers' };
    expect((await send(request)).short).toBe(false);
    expect((await send(request)).short).toBe(true);
    await fixture.clock.advance(200_000);
    const stale = await send(request);
    expect([stale.short, plain(stale)]).toEqual([false, expect.stringContaining('"STALE"')]);
  });
});

it('never serves what a hard invalidation forbids, nor one user what is of another', async () => {
  const [one, other] = [
    await bearer('507f1f77bcf86cd799439011', fixture.clock),
    await bearer('507f1f77bcf86cd799439012', fixture.clock),
  ];
  const request = { path: '/api/v1/homepage?sections=justForYou' };
  for (const headers of [one, other, one, other]) {
    const answer = await send({ ...request, headers });
    expect(answer.headers['cache-control']).toBe('private, no-store');
    expect(plain(answer)).toContain(headers === one ? '439011' : '439012');
  }
  await send({ path: '/api/v1/homepage?sections=offers' });
  expect((await send({ path: '/api/v1/homepage?sections=offers' })).short).toBe(true);
  const newest = { featured: true, isActive: true };
  const [offer] = await fixture.shop.db.collection('offers').find(newest).sort({ createdAt: -1 }).toArray();
  const _id: ObjectId = offer?._id ?? new ObjectId();
  await fixture.shop.db.collection('offers').updateOne({ _id }, { $set: { discountedPrice: 1.23, isActive: false } });
  await expect
    .poll(async () => {
      await fixture.clock.advance(100);
      return plain(await send({ path: '/api/v1/homepage?sections=offers' })).includes(String(_id));
    })
    .toBe(false);
});
