import fc from 'fast-check';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graphql/schema/build-schema.js';
import { registry } from '../../../src/sections/registry.js';
import { bothWays, comparable, operationRequest, plain, type Sent, searches } from '../../support/app/both-ways.js';
import { bearer } from '../../support/app/build-test-app.js';
import { cachedAppFixture } from '../../support/app/cached-app-fixture.js';
import { randomOperations } from '../../support/data/random-operations.js';

const fixture = cachedAppFixture({ products: 120 });

const { send, sendLong } = bothWays(() => fixture.app);

const json = { 'content-type': 'application/json' };
const operations = randomOperations(createSchema(registry), registry);

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
        const headers = isUser ? signedIn : {};
        const request = operationRequest({ query, variables, isGet, headers });
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

  it('a section that is not in memory', async () => {
    const request = { path: '/api/v1/homepage?sections=offers' };
    expect((await send(request)).short).toBe(false);
    expect((await send(request)).short).toBe(true);
    await fixture.clock.advance(301_000);
    expect((await send(request)).short).toBe(false);
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
