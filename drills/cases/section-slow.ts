import type { Sample } from '../load/plan.js';
import { atLeast, atMost, type Drill, exactly } from '../support/drill.js';
import { type Database, failPoint, place, playing, startLone, until, wait } from '../support/drill-processes.js';
import { slowest } from '../support/times.js';

const SLOW_MS = 5000;
const MARGIN_MS = 500;
/** More failures in a row than open a breaker. */
const FAILURES = 8;

/** `events` takes 5 s, longer than QUERY_TIMEOUT. */
export const sectionSlow: Drill = {
  name: 'section-slow',
  summary:
    'one section takes 5 s: the others do not wait, it times out or is stale, nothing goes on, its breaker opens',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, load }) => {
      const timeoutMs = scale === 'full' ? 3000 : 700;
      const database = await fixture.database();
      const env = { MONGODB_URI: database.uri, QUERY_TIMEOUT: String(timeoutMs), CACHE_TTL: '1' };
      const { origin } = await startLone(fixture, env);
      const ask = (queries: readonly string[], connections = 1) =>
        load.run({
          asks: queries.map((query) => ({ origin, path: `/api/v1/homepage?${query}` })),
          pace: { connections, count: queries.length },
        });
      const [warm] = await ask(['location=55.27,25.2']);
      // Past fresh and stale: from here on copies serve in their grace only.
      await wait(1100);
      const idle = await running(database);
      const namespace = `${database.db.databaseName}.events`;
      await failPoint(database, 'alwaysOn', {
        failCommands: ['find', 'aggregate'],
        blockConnection: true,
        blockTimeMS: SLOW_MS,
        namespace,
      });
      const [cold] = await ask([`location=${place(1)}`]);
      const [stale] = await ask(['location=55.27,25.2']);
      const goneAt = performance.now();
      await until(async () => (await running(database)) <= idle, 3000).catch(() => undefined);
      const goneMs = performance.now() - goneAt;
      const failures = Array.from({ length: FAILURES }, (_, index) => `sections=events&location=${place(10 + index)}`);
      await ask(failures, FAILURES);
      const open = await ask([100, 101, 102].map((index) => `sections=events,offers&location=${place(index)}`));
      const others = Object.entries(cold?.page?.durations ?? {}).filter(([id]) => id !== 'events');
      return [
        exactly('answers that are no 200', [warm, cold, stale].filter((s) => s?.status !== 200).length, 0),
        atLeast('sections beside it', others.length, 5),
        atMost('slowest of these', Math.max(...others.map(([, ms]) => ms)), timeoutMs / 2, ' ms'),
        atMost('slowest whole answer', slowest([cold, stale].filter(isSample)), timeoutMs + MARGIN_MS, ' ms'),
        exactly('cold: TIMEOUT_ERROR of that section alone', Number(codes(cold) === 'events: TIMEOUT_ERROR'), 1),
        exactly('with a copy: STALE', Number(stale?.page?.statuses['events'] === 'STALE' && codes(stale) === ''), 1),
        atMost('nothing abandoned runs in the database after', goneMs, 1000, ' ms'),
        atMost('breaker open: slowest answer', slowest(open), timeoutMs / 2, ' ms'),
        exactly('breaker open: answers without offers', open.filter(({ status }) => status !== 200).length, 0),
      ];
    }),
};

const isSample = (sample: Sample | undefined): sample is Sample => sample !== undefined;
const codes = (sample: Sample | undefined) =>
  sample?.page?.errors.map(({ section, code }) => `${section}: ${code}`).join();

/** Operations that run in the database, including the waiting reads of change streams. */
async function running({ db }: Database): Promise<number> {
  return Number((await db.admin().command({ serverStatus: 1 }))['globalLock'].activeClients.total);
}
