import { createRedisStore } from '../../src/cache/redis-store.js';
import { systemClock } from '../../src/core/clock.js';
import { describeSharedStore } from './shared-store.contract.js';
import { createFakeClock } from './support/fake-clock.js';
import { startRedisServer, until } from './support/redis-server.js';
import { createSimulatedRedis } from './support/simulated-redis.js';

describeSharedStore('simulated, in memory', async () => {
  const clock = createFakeClock();
  const server = createSimulatedRedis({ clock });
  return { connect: () => server.connect(), wait: (ms) => clock.advance(ms), tearDown: async () => {} };
});

describeSharedStore('Redis', async () => {
  const server = await startRedisServer();
  return {
    connect: () =>
      createRedisStore({ url: server.url, clock: systemClock, random: Math.random, commandTimeoutMs: 2000 }),
    wait: async (ms) => {
      const end = Date.now() + ms;
      await until(() => Date.now() > end);
    },
    tearDown: () => server.stop(),
  };
});
