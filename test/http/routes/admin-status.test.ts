import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../../src/core/clock.js';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { sectionIds } from '../../support/data/sections.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';

const clock = { ...createFakeClock(), ...systemClock };
let shop: Shop;
let redis: RedisServer;
let app: TestApp;
beforeAll(async () => {
  [shop, redis] = await Promise.all([startShop({ now: Date.now(), products: 30 }), startRedisServer()]);
  app = await buildTestApp(shop.uri, { clock, cached: true, env: { ADMIN_TOKEN: 'admin', REDIS_URL: redis.url } });
});
afterAll(async () => {
  await app.close();
  await shop.close();
  await redis.stop();
});

const status = async () =>
  (await app.get('/admin/status', { authorization: 'Bearer admin' })).body.data as never as Record<string, unknown>;

it('tells the admin how everything stands, and nobody else', async () => {
  expect((await app.get('/admin/status')).status).toBe(401);
  expect((await app.get('/admin/status', { authorization: 'Bearer wrong' })).status).toBe(401);
  await until(async () => (await status())['redis'] === 'well');
  // What was read before the first look at Redis cannot be verified, and is read once more.
  const seen = async () => {
    await app.get('/api/v1/homepage');
    return status();
  };
  await expect.poll(seen).toMatchObject({
    draining: false,
    database: { outage: null, warnings: [], limit: 50 },
    changes: { state: 'following' },
    redis: 'well',
    memory: { entries: expect.any(Number) },
    sections: Object.fromEntries(sectionIds.map((id) => [id, { fresh: 1 }])),
  });
});

it('stays ready while Redis is away, and says that it is', async () => {
  await redis.signal('SIGKILL');
  await until(async () => {
    // A request finds it out.
    await app.get('/api/v1/homepage?fresh=true');
    return (await status())['redis'] === 'away';
  });
  const { status: code, text } = await app.get('/readyz');
  expect(code).toBe(200);
  expect(JSON.parse(text)).toMatchObject({
    status: 'ready',
    warnings: ['Redis is away: this process serves from its own memory'],
  });
});
