import type { RedisServer } from '../../../test/support/servers/redis-server.js';
import { startTcpProxy, type TcpProxy } from '../../../test/support/servers/tcp-proxy.js';
import { type Drill, exactly } from '../../support/drill.js';
import {
  failFinds,
  failPoint,
  type Gateway,
  PAST_STALE_MS,
  playing,
  SHORTEST_TTL,
  wait,
} from '../../support/drill-processes.js';

/** Starts at once, a third of them with each kind of Redis. */
const AT_ONCE = 6;

const kinds = ['healthy', 'slow', 'flapping'] as const;
type Kind = (typeof kinds)[number];

/** The first page is read while the link to Redis comes up: it must be as good in an outage as any later one. */
export const firstPage: Drill = {
  name: 'first-page',
  summary:
    'gateways start beside a healthy, a slow and a flapping Redis, and the database goes: the first page of each serves in grace',
  run: (scale) =>
    playing(undefined, async ({ fixture }) => {
      const starts = scale === 'full' ? 102 : AT_ONCE;
      const [database, redis] = await Promise.all([fixture.database(), fixture.redis()]);
      const failed: Record<Kind, number> = { healthy: 0, slow: 0, flapping: 0 };
      for (let started = 0; started < starts; started += AT_ONCE) {
        const stages = await Promise.all(
          Array.from({ length: AT_ONCE }, async (_, index) => {
            const kind = kinds[index % kinds.length] ?? 'healthy';
            // Each is a shop of its own, so that no other one's entries serve it.
            const REDIS_PREFIX = `start-${started + index}`;
            const { proxy, end } = await behind(kind, redis);
            const REDIS_URL = `redis://127.0.0.1:${proxy.port}`;
            const gateway = await fixture.gateway({
              ...{ MONGODB_URI: database.uri, REDIS_URL, REDIS_PREFIX, CACHE_TTL: SHORTEST_TTL, LOG_LEVEL: 'fatal' },
            });
            const { status } = await gateway.page();
            return { kind, gateway, end, status };
          }),
        );
        await failFinds(database);
        await wait(PAST_STALE_MS);
        await Promise.all(
          stages.map(async ({ kind, gateway, status, end }) => {
            if (status !== 200 || !(await isInGrace(gateway))) failed[kind] += 1;
            gateway.process.child.kill('SIGKILL');
            await Promise.all([gateway.process.ended, end()]);
          }),
        );
        await failPoint(database, 'off');
      }
      return kinds.map((kind) =>
        exactly(`${kind} Redis: first pages that did not serve in grace, of ${starts / kinds.length}`, failed[kind], 0),
      );
    }),
};

async function isInGrace(gateway: Gateway): Promise<boolean> {
  const { status, statuses, errors } = await gateway.page();
  return status === 200 && errors.length === 0 && Object.values(statuses).every((found) => found === 'STALE');
}

/** A Redis of this kind, until `end`. */
async function behind(kind: Kind, redis: RedisServer): Promise<{ proxy: TcpProxy; end: () => Promise<void> }> {
  const proxy = await startTcpProxy(redis);
  if (kind === 'slow') proxy.delay(150);
  const flapping = kind === 'flapping' ? setInterval(proxy.cut, 50) : undefined;
  return {
    proxy,
    end: () => {
      clearInterval(flapping);
      return proxy.close();
    },
  };
}
