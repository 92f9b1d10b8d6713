import { startTcpProxy } from '../../../test/support/servers/tcp-proxy.js';
import { atMost, type Drill, exactly } from '../../support/drill.js';
import { place, playing, sectionIds, startLone } from '../../support/drill-processes.js';
import { noneFailed, percentile, slowest } from '../../support/times.js';

const DELAY_MS = 2000;
/** What Redis may add to an answer, and a shared machine to the slowest answer, in ms. */
const COST_MS = 50;
const MACHINE_MS = 250;

/** A Redis that answers late must cost no more than a Redis that is away. */
export const redisSlow: Drill = {
  name: 'redis-slow',
  summary: 'a proxy adds 2 s to every answer of Redis: cold and warm pages come as if it were not there',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, load, database }) => {
      const count = scale === 'full' ? 300 : 40;
      const [redis, { uri: MONGODB_URI }] = await Promise.all([fixture.redis(), database()]);
      const proxy = await startTcpProxy(redis);
      try {
        const env = { MONGODB_URI, REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
        const gateways = await Promise.all([1, 2].map(() => startLone(fixture, env)));
        let places = 0;
        const ask = (cold: boolean) =>
          load.run({
            asks: Array.from({ length: count }, (_, index) => {
              if (cold) places += 1;
              const location = cold ? place(places) : '55.27,25.2';
              const { origin = '' } = gateways[index % gateways.length] ?? {};
              return { origin, path: `/api/v1/homepage?location=${location}` };
            }),
            pace: { connections: 2, count },
          });
        await ask(false);
        const quiet = { cold: await ask(true), warm: await ask(false) };
        proxy.delay(DELAY_MS);
        const slow = { cold: await ask(true), warm: await ask(false) };
        const compared = (kind: 'cold' | 'warm') => [
          atMost(`${kind}: median`, percentile(slow[kind], 0.5), limit(percentile(quiet[kind], 0.5)), ' ms'),
          atMost(`${kind}: slowest`, slowest(slow[kind]), limit(slowest(quiet[kind])) + MACHINE_MS, ' ms'),
        ];
        const full = slow.cold.filter(({ page }) => Object.keys(page?.statuses ?? {}).length === sectionIds.length);
        return [
          noneFailed([...slow.cold, ...slow.warm]),
          exactly('cold pages with all sections', full.length, count),
          ...compared('cold'),
          ...compared('warm'),
        ];
      } finally {
        await proxy.close();
      }
    }),
};

const limit = (quietMs: number) => Math.ceil(quietMs + COST_MS);
