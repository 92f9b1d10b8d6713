import { once } from 'node:events';
import { createServer } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import { bearer } from '../../support/app/build-test-app.js';
import { everySection, sectionIds } from '../../support/data/sections.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { type ReceivedSpan, treeBelow } from '../../support/servers/otlp-receiver.js';
import { until } from '../../support/until.js';
import { openTracedApp } from './traced-app.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerId = 'b7ad6b7169203331';
const caller = (flags: '00' | '01') => ({ traceparent: `00-${traceId}-${callerId}-${flags}` });
const path = '/api/v1/homepage';

let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ now: createFakeClock().now(), products: 30 });
});
afterEach(() => shop.heal());
afterAll(() => shop.close());

const named = (spans: readonly ReceivedSpan[], name: string) => spans.filter((span) => span.name === name);
const only = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
  const [span, ...others] = named(spans, name);
  if (span === undefined || others.length > 0) throw new Error(`${others.length + 1} spans are named ${name}`);
  return span;
};

it('shows a cold page as request, page, sections, loads, commands and references', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  await app.send({ path });
  const spans = await finish();
  const request = only(spans, `GET ${path}`);
  expect(request).toMatchObject({
    parentSpanId: '',
    kind: 2,
    failed: false,
    attributes: {
      'http.request.method': 'GET',
      'http.route': path,
      'http.response.status_code': 200,
      'homepage.cache_hit': false,
      'homepage.partial': false,
    },
  });
  expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([request.traceId]));
  const tree = treeBelow(spans, request);
  expect(Object.keys(tree)).toEqual(['page']);
  expect(new Set(Object.keys(tree['page'] ?? {}))).toEqual(new Set(sectionIds.map((id) => `section ${id}`)));
  for (const { id, item } of registry) {
    const section = only(spans, `section ${id}`);
    expect(section.attributes).toMatchObject({
      'homepage.section': id,
      'homepage.status': 'FRESH',
      'homepage.age_ms': 0,
    });
    const load = tree['page']?.[`section ${id}`]?.[`load ${id}`] ?? {};
    // The first load to need a command may have sent it for others, too.
    const references = new Set(Object.values(item.references).map((collection) => `references ${collection}`));
    expect(Object.keys(load)).toEqual(expect.arrayContaining([...references]));
    expect(Object.keys(load).filter((name) => name.startsWith('find '))).not.toEqual([]);
  }
  const sent = spans.filter(({ attributes }) => attributes['db.system.name'] === 'mongodb');
  expect(sent.map(({ name }) => name).sort()).toEqual(
    app.commands.map(({ name, collection }) => `${name} ${collection}`).sort(),
  );
  expect(new Set(sent.map(({ kind }) => kind))).toEqual(new Set([3]));
  const all = new Map(spans.map((span) => [span.spanId, span]));
  const ofReferences = sent.filter(({ name }) => /^find (stores|categories)$/.test(name));
  expect(ofReferences.map(({ parentSpanId }) => all.get(parentSpanId)?.name)).toEqual(
    expect.arrayContaining(['references stores', 'references categories']),
  );
  for (const { startedAt, endedAt, spanId } of spans) {
    for (const child of spans.filter(({ parentSpanId }) => parentSpanId === spanId)) {
      expect(child.startedAt).toBeGreaterThanOrEqual(startedAt);
      expect(endedAt).toBeGreaterThanOrEqual(child.startedAt);
    }
  }
});

it('names no user, place or filter', async () => {
  const { app, receiver, finish } = await openTracedApp(shop.uri);
  const userId = '507f1f77bcf86cd799439011';
  const headers = await bearer(userId, app.clock);
  await app.send({ path: `${path}?unknown=secret`, headers });
  for (const _ of ['a cold page', 'a hit']) await app.send({ path: `${path}?lat=52.51&lng=13.37`, headers });
  await finish();
  const sent = receiver.requests.map(({ body }) => body.toString()).join();
  expect(sent).toContain('section');
  expect(sent).not.toMatch(/52\.51|secret/);
  expect(sent).not.toContain(userId);
  expect(sent).not.toContain(headers.authorization.slice(7));
});

it.each(['the short way', 'the long way'])('shows a hit that goes %s without a load', async (way) => {
  const { app, finish } = await openTracedApp(shop.uri, {
    env: { FRAGMENTS: way === 'the short way' ? 'on' : 'off' },
  });
  await app.send({ path });
  await app.clock.advance(3000);
  await app.send({ path, headers: caller('01') });
  const spans = (await finish()).filter((span) => span.traceId === traceId);
  const request = only(spans, `GET ${path}`);
  expect(request).toMatchObject({
    parentSpanId: callerId,
    attributes: { 'http.response.status_code': 200, 'homepage.cache_hit': true },
  });
  expect(treeBelow(spans, request)).toEqual({
    page: Object.fromEntries(sectionIds.map((id) => [`section ${id}`, {}])),
  });
  for (const id of sectionIds) {
    expect(only(spans, `section ${id}`).attributes).toMatchObject({
      'homepage.status': 'CACHED',
      'homepage.age_ms': 3000,
    });
  }
});

it('links the sections that wait for a load to that load, which is in the trace of the request that began it', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  await shop.fail(undefined, { blockConnection: true, blockTimeMS: 300 });
  const first = app.send({ path });
  await until(() => app.commands.length > 0);
  const second = app.send({ path, headers: caller('01') });
  await Promise.all([first, second]);
  const spans = await finish();
  for (const id of sectionIds) {
    const load = only(spans, `load ${id}`);
    expect(load.traceId).not.toBe(traceId);
    const waiter = only(
      spans.filter((span) => span.traceId === traceId),
      `section ${id}`,
    );
    expect(waiter.links).toEqual([load.spanId]);
    const [owner] = named(spans, `section ${id}`).filter((span) => span.spanId === load.parentSpanId);
    expect(owner?.links).toEqual([]);
  }
});

it('shows a load for callers whom an older one could not answer in the trace of the first of them', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  const id = sectionIds[0];
  await shop.fail(undefined, { blockConnection: true, blockTimeMS: 300 });
  const first = app.send({ path: `${path}?sections=${id}` });
  await until(() => app.commands.length > 0);
  await app.clock.advance(2000);
  const second = app.send({ path: `${path}?sections=${id}&fresh=true`, headers: caller('01') });
  await Promise.all([first, second]);
  const spans = await finish();
  const loads = named(spans, `load ${id}`);
  expect(loads).toHaveLength(2);
  const own = only(
    spans.filter((span) => span.traceId === traceId),
    `section ${id}`,
  );
  expect(own.links).toEqual(loads.filter((load) => load.traceId !== traceId).map(({ spanId }) => spanId));
  expect(Object.keys(treeBelow(spans, own))).toEqual([`load ${id}`]);
});

it('shows which section failed, and a request that the server failed', async () => {
  const [section] = registry;
  if (section === undefined) throw new Error('no section');
  await shop.fail(undefined, { errorCode: 96 });
  const { app, finish } = await openTracedApp(shop.uri);
  expect((await app.send({ path })).status).toBe(500);
  const spans = await finish();
  expect(only(spans, `GET ${path}`)).toMatchObject({ failed: true, attributes: { 'error.type': '500' } });
  expect(only(spans, `section ${section.id}`)).toMatchObject({
    failed: true,
    attributes: { 'homepage.status': 'FAILED' },
  });
  expect(only(spans, `load ${section.id}`).failed).toBe(true);
  expect(named(spans, `find ${section.item.collection}`).some(({ failed }) => failed)).toBe(true);
});

it('continues the trace of a request whose body comes after its headers', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  async function* body() {
    // By then the server has begun to read the other one.
    await app.send({ path: '/healthz' });
    yield JSON.stringify({ query: `{ homepage { ${everySection('{ total }')} } }` });
  }
  const headers = { 'content-type': 'application/json', ...caller('01') };
  expect((await app.send({ method: 'POST', path: '/graphql', headers, pieces: body() })).status).toBe(200);
  const spans = await finish();
  const request = only(spans, 'POST /graphql');
  expect(request).toMatchObject({ traceId, parentSpanId: callerId });
  expect(Object.keys(treeBelow(spans, request)['page'] ?? {})).toHaveLength(sectionIds.length);
});

it('records nothing of a request whose caller has decided so, and begins a new trace for a bad traceparent', async () => {
  const { app, lines, finish } = await openTracedApp(shop.uri);
  await app.send({ path, headers: caller('00') });
  await app.send({ path, headers: caller('00') });
  await app.send({ path, headers: { traceparent: `00-${traceId.slice(1)}-${callerId}-01` } });
  const spans = await finish();
  expect(spans.map(({ parentSpanId }) => parentSpanId)).not.toContain(callerId);
  const request = only(spans, `GET ${path}`);
  expect(request.parentSpanId).toBe('');
  expect(lines.map((line) => line['trace_id'])).toEqual([undefined, undefined, request.traceId]);
});

it('writes the trace into every log line of a traced request, on both ways', async () => {
  const { app, lines, finish } = await openTracedApp(shop.uri);
  const [section] = registry;
  if (section === undefined) throw new Error('no section');
  await shop.fail(section.item.collection, { errorCode: 96 });
  await app.send({ path: `${path}?sections=${section.id}`, headers: caller('01') });
  await shop.heal();
  const others = registry.filter(({ item }) => item.collection !== section.item.collection).map(({ id }) => id);
  for (const _ of ['a cold page', 'a hit']) {
    await app.send({ path: `${path}?sections=${others.join()}`, headers: caller('01') });
  }
  await app.send({ path: '/nowhere', headers: caller('01') });
  await finish();
  expect(new Set(lines.map((line) => line['message']))).toEqual(
    new Set(['cache load failed', 'section failed', 'Homepage request completed', 'Request completed']),
  );
  expect(lines.filter((line) => line['cacheHit'] === true)).toHaveLength(1);
  expect(lines.filter((line) => line['trace_id'] !== traceId)).toEqual([]);
});

it('does not trace probes and scrapes', async () => {
  const { app, finish } = await openTracedApp(shop.uri);
  for (const probe of ['/healthz', '/readyz', '/metrics']) await app.send({ path: probe });
  await app.send({ path: '/nowhere' });
  expect((await finish()).map(({ name }) => name)).toEqual(['GET']);
});

it('shows a load that no request waits for as a trace of its own, and no command of the upkeep', async () => {
  const { app, finish } = await openTracedApp(shop.uri, { env: { ENABLE_CACHE_WARMING: 'true' } });
  await until(async () => (await app.get('/readyz')).status === 200);
  const spans = await finish();
  const first = spans.filter(({ parentSpanId }) => parentSpanId === '');
  expect(new Set(first.map(({ name }) => name))).toEqual(new Set(sectionIds.map((id) => `background ${id}`)));
  for (const id of sectionIds) {
    expect(Object.keys(treeBelow(spans, only(spans, `background ${id}`)))).toEqual([`load ${id}`]);
  }
});

it('carries the trace to the server that keys are fetched from', async () => {
  const carried: unknown[] = [];
  const keys = createServer((request, response) => {
    carried.push(request.headers['traceparent']);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(keys, 'listening');
  const address = keys.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { app, finish } = await openTracedApp(shop.uri, { env: { JWT_JWKS: `http://127.0.0.1:${port}/keys` } });
  const [header, claims] = [{ alg: 'RS256', kid: 'a' }, {}].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  await app.send({ path, headers: { authorization: `Bearer ${header}.${claims}.c2ln`, ...caller('01') } });
  const fetched = only(await finish(), 'GET');
  expect(fetched).toMatchObject({ traceId, kind: 3, attributes: { 'server.address': '127.0.0.1' } });
  expect(carried).toEqual([`00-${traceId}-${fetched.spanId}-01`]);
  keys.closeAllConnections();
  keys.close();
});
