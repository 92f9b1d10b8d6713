import { createRedisStore } from '../../../src/cache/redis/redis-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { startRedisServer } from '../../support/servers/redis-server.js';
import { startCluster, startSentinel, type Topology } from '../../support/servers/redis-topologies.js';
import { until } from '../../support/until.js';
import { createSimulatedRedis } from '../support/simulated-redis.js';
import { describeSharedStore } from './shared-store.contract.js';

describeSharedStore('simulated, in memory', async () => {
  const clock = createFakeClock();
  const server = createSimulatedRedis({ clock });
  return { connect: () => server.connect(), wait: (ms) => clock.advance(ms), tearDown: async () => {} };
});

const topologies: [name: string, start: () => Promise<Pick<Topology, 'target' | 'stop'>>][] = [
  ['Redis', startRedisServer],
  ['Redis behind a sentinel', startSentinel],
  ['a cluster of three', startCluster],
];

for (const [name, start] of topologies) {
  describeSharedStore(name, async () => {
    const { target, stop } = await start();
    return {
      connect: () =>
        createRedisStore({ target, prefix: 'hg:2', clock: systemClock, random: Math.random, commandTimeoutMs: 2000 }),
      wait: async (ms) => {
        const end = Date.now() + ms;
        await until(() => Date.now() > end);
      },
      tearDown: stop,
    };
  });
}
