import { afterAll, beforeAll, expect, it } from 'vitest';
import { createInvalidationHistory, type InvalidationHistory } from '../../../src/cache/redis/invalidation-history.js';
import { createRedisStore } from '../../../src/cache/redis/redis-store.js';
import type { SharedStore } from '../../../src/cache/shared/shared-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { type RedisServer, startRedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';

let server: RedisServer;
let store: SharedStore;
let history: InvalidationHistory;
beforeAll(async () => {
  server = await startRedisServer();
  const place = { target: server.target, prefix: 'shop' };
  store = createRedisStore({ ...place, clock: systemClock, random: Math.random });
  history = createInvalidationHistory(place);
  let isLinked = false;
  store.open({
    invalidated: () => {},
    ready: () => {},
    unlinked: () => {},
    linked: () => {
      isLinked = true;
    },
  });
  await until(() => isLinked);
});
afterAll(async () => {
  history.close();
  await store.close();
  await server.stop();
});

it('reads what the store has invalidated after a count', async () => {
  expect(await history.after({ count: 0 })).toMatchObject({ incarnation: undefined, floor: 0, marks: [] });
  const request = { origin: 'a gateway', known: 0 };
  const { moment } = await store.invalidate({ tags: ['collection:offers'], mode: 'soft', ...request });
  const { moment: later } = await store.invalidate({ tags: ['product:c'], mode: 'hard', ...request });
  const hard = { tag: 'product:c', mode: 'hard', count: later.count };
  expect(await history.after({ count: 0 })).toMatchObject({
    incarnation: moment.incarnation,
    marks: [{ tag: 'collection:offers', mode: 'soft', count: moment.count }, hard],
  });
  expect((await history.after({ count: moment.count })).marks).toEqual([hard]);
  const { marks, now } = await history.after({ ageMicroseconds: 60_000_000 });
  expect(marks).toHaveLength(2);
  expect(Math.abs(now - later.count)).toBeLessThan(60_000_000);
});

it('rejects while Redis is away', async () => {
  await server.signal('SIGKILL');
  await expect(history.after({ count: 0 })).rejects.toThrow();
});
