import type { Sample } from '../../load/plan.js';
import { atMost, type Drill, type Finding } from '../../support/drill.js';
import { playing, wait } from '../../support/drill-processes.js';
import { noneFailed, percentile, sentBetween, slowest } from '../../support/times.js';

/** What Redis may add to an answer, in ms. In the short form new loads after a fault slow down the rest of a phase of a second. */
const COST_MS = { full: 50, short: 150 } as const;
/** What a shared machine, and the loads after Redis came back empty, may add to the slowest answer, in ms. */
const SLOWEST_MS = { full: 500, short: 1000 } as const;

/** Warm answers come from process memory: no request waits for Redis or fails because of it. */
export const redisKilled: Drill = {
  name: 'redis-killed',
  summary: 'Redis is killed, restarted, stopped and woken under load: no answer fails or waits for it',
  run: (scale, processes) =>
    playing(processes, async ({ cluster, load }) => {
      const phaseMs = scale === 'full' ? 6000 : 800;
      const { gateways, redis } = await cluster();
      const asks = gateways.map(({ origin }) => ({ origin, path: '/api/v1/homepage' }));
      await load.run({ asks, pace: { connections: 3, count: 60 } });
      const traffic = load.start({
        asks,
        pace: { perSecond: scale === 'full' ? 90 : 60, forMs: 5 * phaseMs + 10_000 },
      });
      const phases: { name: string; from: number; to: number }[] = [];
      const phase = async (name: string, act: () => Promise<void>) => {
        const from = Date.now();
        await act();
        await wait(phaseMs);
        phases.push({ name, from, to: Date.now() });
      };
      await phase('quiet', async () => {});
      await phase('killed', () => redis.signal('SIGKILL'));
      await phase('restarted', redis.restart);
      await phase('stopped', () => redis.signal('SIGSTOP'));
      await phase('woken', () => redis.signal('SIGCONT'));
      const samples = await traffic.stop();

      const [quiet, ...faults] = phases.map(({ name, from, to }) => ({
        name,
        of: sentBetween(samples, from, to).filter(isWarm),
      }));
      // In a short phase three gateways that reload everything delay more than a tenth of the answers on two cores.
      const share = scale === 'full' ? 0.99 : 0.5;
      const usualMs = percentile(quiet?.of ?? [], share);
      const findings = faults.flatMap(({ name, of }): Finding[] => [
        atMost(
          `${name}: p${share * 100} of warm answers`,
          percentile(of, share),
          Math.ceil(usualMs + COST_MS[scale]),
          ' ms',
        ),
        atMost(`${name}: slowest`, slowest(of), Math.ceil(slowest(quiet?.of ?? []) + SLOWEST_MS[scale]), ' ms'),
      ]);
      return [noneFailed(samples), ...findings];
    }),
};

/** Leaves out answers with a new load: copies that an emptied Redis cannot confirm are loaded again, which is no wait for Redis. */
const isWarm = ({ page }: Sample) => !Object.values(page?.statuses ?? {}).includes('FRESH');
