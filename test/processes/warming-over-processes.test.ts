import { afterAll, expect, it } from 'vitest';
import { sectionIds } from '../support/data/sections.js';
import { createProcessFixture, type Gateway, loadsOf } from '../support/servers/process-fixture.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

const isReady = async (gateway: Gateway) => (await gateway.readyz()) === 200;

it.concurrent('one elected gateway of three warms the page: one load a section in all, and every first request is answered from the cache', async () => {
  const [redis, database] = await Promise.all([fixture.redis(), fixture.database()]);
  const env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, ENABLE_CACHE_WARMING: 'true' };
  const gateways = await Promise.all([1, 2, 3].map(() => fixture.gateway(env)));
  await Promise.all(gateways.map((gateway) => until(() => isReady(gateway), 8000)));
  await until(() => gateways.some((gateway) => gateway.logged('cache warmed').length > 0));
  const answers = await Promise.all(gateways.map((gateway) => gateway.page()));
  expect(answers.map(({ status, fromCache }) => [status, fromCache])).toEqual(Array(3).fill([200, true]));
  await expect.poll(() => loadsOf(gateways).sort()).toEqual([...sectionIds].sort());
  expect(gateways.flatMap((gateway) => gateway.logged('cache warmed')).length).toBe(1);
  expect(answers.flatMap(({ statuses }) => Object.values(statuses))).toEqual(
    gateways.flatMap(() => sectionIds.map(() => 'CACHED')),
  );
});

it.concurrent('is ready within 5 s although the database holds up every read', async () => {
  const [redis, database] = await Promise.all([fixture.redis(), fixture.database()]);
  await database.slow(['find', 'aggregate'], 60_000);
  const env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, ENABLE_CACHE_WARMING: 'true', QUERY_TIMEOUT: '60000' };
  const startedAt = performance.now();
  const gateway = await fixture.gateway(env);
  expect(await gateway.readyz()).toBe(503);
  await until(() => isReady(gateway), 15_000);
  const [connected] = gateway.logged('database connected');
  const readyMs = Date.now() - Date.parse(String(connected?.['timestamp']));
  // Before warming, the look at the shop's collections takes no longer than two seconds.
  expect(readyMs).toBeLessThan(2000 + 5000 + 1000);
  console.log(
    `ready ${readyMs} ms after it was connected, ${Math.round(performance.now() - startedAt)} ms after its start`,
  );
});
