import { atLeast, atMost, type Drill, exactly } from '../support/drill.js';
import { playing, sectionIds, startLone, until, wait } from '../support/drill-processes.js';
import { noneFailed, sentBetween } from '../support/times.js';

/** Seconds, so short that entries pass from fresh through stale into their grace during the drill. */
const CACHE_TTL = '1';

/** Shows that copies in their grace serve without errors, and that recovery needs no restart. */
export const mongoKilled: Drill = {
  name: 'mongo-killed',
  summary: 'MongoDB is killed: warm gateways serve copies, a cold one says 503, and both recover by themselves',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, load }) => {
      const awayMs = scale === 'full' ? 30_000 : 2500;
      const database = await fixture.database();
      const env = { MONGODB_URI: database.uri, CACHE_TTL };
      const [warm, cold] = await Promise.all([startLone(fixture, env), startLone(fixture, env)]);
      const page = { origin: warm.origin, path: '/api/v1/homepage' };
      await load.run({ asks: [page], pace: { connections: 1, count: 5 } });
      const traffic = load.start({ asks: [page], pace: { perSecond: 40, forMs: awayMs + 60_000 } });
      database.process.child.kill('SIGKILL');
      await database.process.ended;
      const killedAt = Date.now();
      const refused = await fetch(`${cold.origin}/api/v1/homepage`);
      const envelope = (await refused.json()) as { success?: unknown; errors?: unknown[] };
      await wait(awayMs);
      const backFrom = Date.now();

      const backAt = performance.now();
      await fixture.database({ port: database.port });
      const serves = async () =>
        (await cold.page()).status === 200 &&
        (await Promise.all([warm.readyz(), cold.readyz()])).every((code) => code === 200);
      await until(serves, 20_000).catch(() => undefined);
      const recoveredMs = performance.now() - backAt;
      const samples = await traffic.stop();
      const inGrace = sentBetween(samples, killedAt + Number(CACHE_TTL) * 1000, backFrom);
      const statuses = inGrace.flatMap((sample) => Object.values(sample.page?.statuses ?? {}));
      return [
        noneFailed(samples, 'failed answers of the warm gateway'),
        atLeast('sections served from their grace', statuses.length, sectionIds.length),
        exactly('of these not STALE', statuses.filter((status) => status !== 'STALE').length, 0),
        exactly('status of the cold gateway', refused.status, 503),
        atLeast('its Retry-After', Number(refused.headers.get('retry-after')), 1, ' s'),
        exactly('its envelope tells the failure', Number(envelope.success === false && !!envelope.errors?.length), 1),
        atMost('both serve and are ready again after', recoveredMs, 10_000, ' ms'),
      ];
    }),
};
