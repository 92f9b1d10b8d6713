import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atLeast, atMost, type Drill } from '../support/drill.js';
import {
  failFinds,
  failPoint,
  type Gateway,
  place,
  playing,
  startLone,
  until,
  wait,
} from '../support/drill-processes.js';

/** Seconds. An entry is fresh for three fifths of it. */
const CACHE_TTL = 5;
const FRESH_MS = 3000;
/** A tenth of the fresh time is chance, and an ask may come late. */
const MARGIN_MS = 800;
const MINUTES_MS = 600_000;

/** Ages within a process are monotonic; between processes Redis' time counts. */
export const clock: Drill = {
  name: 'clock',
  summary: 'wall clocks are set back and go ahead: no copy is CACHED for longer than its policy, no failure lasts',
  run: (scale) =>
    playing(undefined, async ({ fixture }) => {
      const watchMs = scale === 'full' ? 30_000 : 5000;
      const directory = await mkdtemp(join(tmpdir(), 'drill-clock-'));
      try {
        const [redis, database] = await Promise.all([fixture.redis(), fixture.database()]);
        const preload = new URL('../support/shifted-clock.mjs', import.meta.url);
        const start = async (name: string, offsetMs: number) => {
          const file = join(directory, name);
          const set = (ms: number) => writeFile(file, String(ms));
          await set(offsetMs);
          const gateway = await startLone(fixture, {
            MONGODB_URI: database.uri,
            REDIS_URL: redis.url,
            CACHE_TTL: String(CACHE_TTL),
            NODE_OPTIONS: `--import "${fileURLToPath(preload)}"`,
            DRILL_CLOCK_FILE: file,
          });
          return { gateway, set };
        };
        const [right, jumping, ahead] = await Promise.all([
          start('right', 0),
          start('jumping', 0),
          start('ahead', MINUTES_MS),
        ]);

        await jumping.gateway.page();
        await jumping.set(-MINUTES_MS);
        const afterJump = await longestCached(jumping.gateway, '', watchMs);

        const far = `?location=${place(1)}`;
        await ahead.gateway.page(far);
        const fromAhead = await longestCached(right.gateway, far, watchMs);

        await ahead.gateway.page(`?location=${place(2)}`);
        await wait(1500);
        await database.slow(['find'], 0);
        await right.gateway.page(`?location=${place(2)}&fresh=true`);
        const finds = await database.heal();

        await failFinds(database);
        const cold = `?sections=events&location=${place(3)}`;
        const failed = await right.gateway.page(cold);
        await failPoint(database, 'off');
        await right.set(-MINUTES_MS / 20);
        const healedAt = performance.now();
        await until(async () => (await right.gateway.page(cold)).status === 200, 20_000).catch(() => undefined);
        const failedFor = performance.now() - healedAt;
        return [
          atMost('set back by 10 min: one copy served as CACHED for', afterJump.cachedMs, FRESH_MS + MARGIN_MS, ' ms'),
          atMost('its greatest metadata.ttl', afterJump.ttl, CACHE_TTL, ' s'),
          atMost('its greatest s-maxage', afterJump.sharedMaxAge, CACHE_TTL, ' s'),
          atMost(
            'a copy of a clock 10 min ahead: CACHED elsewhere for',
            fromAhead.cachedMs,
            FRESH_MS + MARGIN_MS,
            ' ms',
          ),
          atLeast('fresh=true elsewhere after 1.5 s: finds', finds, 1),
          atLeast('status of a failed load', failed.status, 500),
          atMost('set back by 30 s after it: failed for another', failedFor, 5000, ' ms'),
        ];
      } finally {
        await rm(directory, { recursive: true, force: true });
      }
    }),
};

/** Asks ten times a second. For how long (this process' clock) one copy of the page was wholly CACHED, and what was promised of it. */
async function longestCached(gateway: Gateway, query: string, forMs: number) {
  const since = new Map<string, number>();
  const result = { cachedMs: 0, ttl: 0, sharedMaxAge: 0 };
  const end = performance.now() + forMs;
  while (performance.now() < end) {
    const askedAt = performance.now();
    const { sections, statuses, headers, ttl } = await gateway.page(query);
    const copy = Object.values(sections)
      .map((section) => section?.lastUpdated)
      .join();
    const first = since.get(copy) ?? askedAt;
    since.set(copy, first);
    const isCached = Object.values(statuses).every((status) => status === 'CACHED');
    if (isCached) result.cachedMs = Math.max(result.cachedMs, askedAt - first);
    result.ttl = Math.max(result.ttl, ttl);
    const [, sharedMaxAge = '0'] = /s-maxage=(\d+)/.exec(headers.get('cache-control') ?? '') ?? [];
    result.sharedMaxAge = Math.max(result.sharedMaxAge, Number(sharedMaxAge));
    await wait(100);
  }
  return result;
}
