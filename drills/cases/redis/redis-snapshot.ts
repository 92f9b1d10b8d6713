import { type Drill, exactly } from '../../support/drill.js';
import { playing, startLone, until } from '../../support/drill-processes.js';
import { lastUpdatedOf } from '../../support/page-times.js';

/** A dump holds entries, and forgets what was forbidden after it was written. */
export const redisSnapshot: Drill = {
  name: 'redis-snapshot',
  summary: 'Redis is restored from a dump that is older than a hard invalidation: no gateway serves what that forbade',
  run: (scale, processes) =>
    playing(processes, async ({ fixture, database }) => {
      const pages = scale === 'full' ? 100 : 20;
      const [redis, { uri: MONGODB_URI }] = await Promise.all([fixture.redis(), database()]);
      const client = redis.client();
      const start = () => startLone(fixture, { MONGODB_URI, REDIS_URL: redis.url });
      const [first, second] = await Promise.all([start(), start()]);
      for (const gateway of [first, second]) await gateway.page();
      await client.save();
      const entries = (await client.keys('*:e')).length;
      const forbiddenAt = Date.now();
      await first.invalidate('hard');
      await until(async () => (await lastUpdatedOf(second)) >= forbiddenAt);
      await redis.signal('SIGKILL');
      await redis.restart();
      const restored = (await client.keys('*:e')).length;
      const late = await start();
      let old = 0;
      for (let asked = 0; asked < pages; asked += 1) {
        for (const gateway of [late, second, first]) old += Number((await lastUpdatedOf(gateway)) < forbiddenAt);
      }
      return [
        exactly('entries that came back with the dump', restored, entries),
        exactly(`forbidden pages of ${3 * pages}, over two gateways that heard of it and one that did not`, old, 0),
      ];
    }),
};
