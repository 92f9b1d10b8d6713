import { startProcess } from '../../test/support/servers/running-process.js';
import { atMost, type Drill, exactly } from '../support/drill.js';
import { playing, sectionIds, startLone, until, wait } from '../support/drill-processes.js';
import { slowest } from '../support/times.js';

/** A dropped database ends the change stream with a cursor that is dead at once. */
export const databaseDropped: Drill = {
  name: 'database-dropped',
  summary: 'the database is dropped and made again under load: no gateway hangs, and the new items show by themselves',
  run: (scale) =>
    playing(undefined, async ({ fixture, load }) => {
      const emptyMs = scale === 'full' ? 20_000 : 2000;
      const [database, redis] = await Promise.all([fixture.database(), fixture.redis()]);
      const env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, LOG_LEVEL: 'debug' };
      const gateways = await Promise.all([1, 2].map(() => startLone(fixture, env)));
      await until(() => gateways.every((gateway) => gateway.logged('following changes').length > 0));
      await Promise.all(gateways.map((gateway) => gateway.page()));
      const asks = gateways.flatMap(({ origin }) => [
        { origin, path: '/api/v1/homepage' },
        { origin, path: '/healthz' },
      ]);
      const traffic = load.start({ asks, pace: { perSecond: 40, forMs: emptyMs + 60_000 } });
      await database.db.dropDatabase();
      await wait(emptyMs);
      const seeding = startProcess('node', ['dist/commands/seed.js', '--products', '300'], {
        MONGODB_URI: database.uri,
      });
      const seeded = await seeding.ended;
      const seededAt = performance.now();
      const isFull = async () => {
        const pages = await Promise.all(gateways.map((gateway) => gateway.page()));
        return pages.every(({ sections }) =>
          Object.values(sections).every((section) => (section?.items.length ?? 0) > 0),
        );
      };
      await until(isFull, 20_000).catch(() => undefined);
      const shownMs = performance.now() - seededAt;
      const samples = await traffic.stop();
      const endedAt = performance.now();
      for (const { process } of gateways) process.child.kill('SIGINT');
      const codes = await Promise.all(gateways.map(({ process }) => process.ended));
      return [
        exactly('exit code of the command that seeds', Number(seeded), 0),
        exactly(
          `answers of ${samples.length} that were no 200`,
          samples.filter(({ status }) => status !== 200).length,
          0,
        ),
        atMost('slowest answer', slowest(samples), 3000, ' ms'),
        atMost(`all ${sectionIds.length} sections are full again after`, shownMs, 10_000, ' ms'),
        exactly('gateways that end on a signal with 0', codes.filter((code) => code === 0).length, gateways.length),
        atMost('and are gone after', performance.now() - endedAt, 5000, ' ms'),
      ];
    }),
};
