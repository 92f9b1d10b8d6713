import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { registry } from '../../../src/sections/registry.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { type ReceivedSpan, treeBelow } from '../../support/servers/otlp-receiver.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { openTracedApp, type TracedApp } from './traced-app.js';

let shop: Shop;
let redis: RedisServer;
beforeAll(async () => {
  [shop, redis] = await Promise.all([startShop({ now: Date.now(), products: 30 }), startRedisServer()]);
});
afterAll(async () => {
  await shop.close();
  await redis.stop();
});

const section = registry[0]?.id;
const path = `/api/v1/homepage?sections=${section}`;
const authorization = 'Bearer admin';

/** Apps of one prefix share what they load. */
async function open(prefix: string): Promise<TracedApp> {
  const traced = await openTracedApp(shop.uri, {
    clock: { ...createFakeClock(), ...systemClock },
    env: { REDIS_URL: redis.url, ADMIN_TOKEN: 'admin', REDIS_PREFIX: prefix },
  });
  await until(async () => {
    const { body } = await traced.app.get('/admin/status', { authorization });
    return (body.data as never as { redis: string }).redis === 'well';
  });
  return traced;
}

const below = (spans: readonly ReceivedSpan[]) => {
  const found = spans.find(({ name }) => name === `section ${section}`);
  if (found === undefined) throw new Error('no section is traced');
  return Object.keys(treeBelow(spans, found));
};
const attributesOf = (spans: readonly ReceivedSpan[], name: string) =>
  spans.filter((span) => span.name === name).map(({ attributes }) => attributes);

it('shows the look at Redis, the lease and the load; another process looks, and finds what was loaded', async () => {
  const [first, second] = await Promise.all([open('a'), open('a')]);
  const { body } = await first.app.get(path);
  expect(body.success).toBe(true);
  const client = redis.client();
  await until(async () => (await client.keys('a:*:e')).length > 0);
  await second.app.get(path);
  const spans = await first.finish();
  expect(below(spans)).toEqual(['look', 'lease', `load ${section}`]);
  expect(attributesOf(spans, 'look')).toEqual([
    { 'db.system.name': 'redis', 'homepage.answered': true, 'homepage.found': false },
  ]);
  expect(attributesOf(spans, 'lease')).toEqual([{ 'db.system.name': 'redis', 'homepage.lease': 'won' }]);
  const seconds = await second.finish();
  expect(below(seconds)).toEqual(['look']);
  expect(attributesOf(seconds, 'look')).toEqual([
    { 'db.system.name': 'redis', 'homepage.answered': true, 'homepage.found': true },
  ]);
});

it('shows a process that waits for the lease of another one', async () => {
  const [first, second] = await Promise.all([open('b'), open('b')]);
  await shop.fail(undefined, { blockConnection: true, blockTimeMS: 500 });
  const pages = [first.app.get(path)];
  await until(() => first.app.commands.length > 0);
  pages.push(second.app.get(path));
  await Promise.all(pages);
  await shop.heal();
  await first.finish();
  const spans = await second.finish();
  expect(attributesOf(spans, 'lease').map((attributes) => attributes['homepage.lease'])).toContain('held');
  expect(below(spans)).toContain('lease wait');
});

it('links a request that came before the load began, while Redis was looked at', async () => {
  const { app, finish } = await open('c');
  // No answer of Redis is read before both have asked.
  await Promise.all([app.get(path), app.get(path)]);
  const spans = await finish();
  const loads = spans.filter(({ name }) => name === `load ${section}`);
  expect(loads).toHaveLength(1);
  const links = spans.filter(({ name }) => name === `section ${section}`).map((span) => span.links);
  expect(links).toHaveLength(2);
  expect(links).toEqual(expect.arrayContaining([[], [loads[0]?.spanId]]));
});
