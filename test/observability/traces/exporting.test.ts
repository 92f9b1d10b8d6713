import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { startTraces } from '../../../src/observability/traces/start-traces.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { startOtlpReceiver } from '../../support/servers/otlp-receiver.js';
import { freePort } from '../../support/servers/redis-server.js';
import { createTestLogger } from '../../support/test-logger.js';
import { until } from '../../support/until.js';
import { openTracedApp } from './traced-app.js';

const path = '/api/v1/homepage';
let shop: Shop;
beforeAll(async () => {
  shop = await startShop({ now: createFakeClock().now(), products: 30 });
});
afterAll(() => shop.close());

const given: string[] = [];
/** The SDK reads its variables from the process. */
const setVariable = (name: string, value: string) => {
  given.push(name);
  process.env[name] = value;
};
afterEach(() => {
  for (const name of given.splice(0)) delete process.env[name];
});

const settingsOf = (url: string) => ({ url, protocol: 'http/json' as const });
const isSettled = async (promise: Promise<unknown>) =>
  Promise.race([promise.then(() => true), new Promise((resolve) => setImmediate(() => resolve(false)))]);

it.each([
  ['http/json', 'application/json'],
  ['http/protobuf', 'application/x-protobuf'],
] as const)('sends %s to the path of traces, and names the service', async (protocol, type) => {
  const { app, receiver, finish } = await openTracedApp(shop.uri, { protocol });
  await app.send({ path });
  await finish();
  expect(receiver.requests.map((request) => [request.path, request.type])).toEqual([['/v1/traces', type]]);
  const sent = receiver.requests[0]?.body.toString('latin1') ?? '';
  for (const text of ['homepage-gateway', packageJson.version, `GET ${path}`]) expect(sent).toContain(text);
});

it('heeds the variables of the SDK: service, attributes, sampler', async () => {
  setVariable('OTEL_SERVICE_NAME', 'shop');
  setVariable('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=staging');
  setVariable('OTEL_TRACES_SAMPLER', 'parentbased_always_off');
  const { app, receiver, finish } = await openTracedApp(shop.uri);
  await app.send({ path });
  await app.send({ path, headers: { traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' } });
  const spans = await finish();
  expect(spans.filter(({ name }) => name === `GET ${path}`)).toHaveLength(1);
  expect(receiver.resources[0]).toMatchObject({
    'service.name': 'shop',
    'service.version': packageJson.version,
    'service.instance.id': expect.any(String),
    'deployment.environment.name': 'staging',
  });
});

it('says which of these variables does not fit, and goes on without it', async () => {
  setVariable('OTEL_TRACES_SAMPLER', 'sometimes');
  setVariable('OTEL_BSP_SCHEDULE_DELAY', 'soon');
  const { logger, lines } = createTestLogger();
  const traces = await startTraces({ settings: settingsOf('http://127.0.0.1:1'), logger, clock: createFakeClock() });
  await traces.close();
  expect(lines.map(({ level }) => level)).toEqual(lines.map(() => 'WARN'));
  const text = JSON.stringify(lines);
  for (const name of ['OTEL_TRACES_SAMPLER', 'OTEL_BSP_SCHEDULE_DELAY']) expect(text).toContain(name);
});

describe('a receiver', () => {
  it('that is away costs no answer, and is told of once', async () => {
    setVariable('OTEL_BSP_SCHEDULE_DELAY', '1');
    // One attempt, without the pauses before the next ones.
    setVariable('OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '20');
    const { logger, lines } = createTestLogger();
    const url = `http://127.0.0.1:${await freePort()}/v1/traces`;
    const traces = await startTraces({ settings: settingsOf(url), logger, clock: createFakeClock() });
    const { tracer } = traces;
    const told = () => lines.filter(({ message }) => message === 'traces cannot be exported').length;
    tracer.startApart('one', {}).end();
    await until(() => told() > 0);
    tracer.startApart('another', {}).end();
    await traces.close();
    expect(told()).toBe(1);
  });

  it('that comes back is told of, with what was lost', async () => {
    setVariable('OTEL_BSP_SCHEDULE_DELAY', '1');
    const receiver = await startOtlpReceiver();
    // No status that is worth a retry.
    receiver.answer(400);
    const { logger, lines } = createTestLogger();
    const traces = await startTraces({ settings: settingsOf(receiver.url), logger, clock: createFakeClock() });
    traces.tracer.startApart('one', {}).end();
    await until(() => lines.length > 0);
    receiver.answer(200);
    traces.tracer.startApart('another', {}).end();
    await until(() => lines.length > 1);
    await traces.close();
    await receiver.close();
    expect(lines.map(({ message, lost }) => [message, lost])).toEqual([
      ['traces cannot be exported', undefined],
      ['traces are exported again', 1],
    ]);
    expect(receiver.spans.map(({ name }) => name)).toEqual(['another']);
  });

  it('that hangs holds up no answer, and the end of the process for a second at most', async () => {
    const clock = createFakeClock();
    const { app, traces, receiver } = await openTracedApp(shop.uri, { clock });
    receiver.answer(undefined);
    for (const _ of ['a cold page', 'a hit']) expect((await app.send({ path })).status).toBe(200);
    await app.close();
    const closed = traces.close();
    await until(() => receiver.requests.length > 0);
    await clock.advance(999);
    expect(await isSettled(closed)).toBe(false);
    await clock.advance(1);
    expect(await isSettled(closed)).toBe(true);
    await receiver.close();
  });
});
