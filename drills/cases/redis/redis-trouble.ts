import type { Redis } from 'ioredis';
import type { RedisServer } from '../../../test/support/servers/redis-server.js';
import { startTcpProxy, type TcpProxy } from '../../../test/support/servers/tcp-proxy.js';
import { type Drill, exactly, type Finding } from '../../support/drill.js';
import {
  type Database,
  failFinds,
  failPoint,
  type Gateway,
  PAST_STALE_MS,
  type ProcessFixture,
  playing,
  SHORTEST_TTL,
  startLone,
  until,
  wait,
} from '../../support/drill-processes.js';
import { invalidateAll, lastUpdatedOf } from '../../support/page-times.js';

/** How long a find takes while the first pages load, so that a trouble falls into the middle of a load. */
const LOAD_MS = 200;
const PAGES = 20;

interface Parts {
  redis: RedisServer;
  client: Redis;
  /** Between both gateways and Redis. */
  proxy: TcpProxy;
}

/** A trouble of Redis alone, by the moments at which it begins, changes or ends. */
interface Trouble {
  name: string;
  /** The user in the gateways' URL of Redis; `prepare` makes it. */
  user?: string;
  /** Before the gateways start. */
  prepare?: (parts: Parts) => Promise<unknown>;
  /** Before the first page is asked for. */
  beforeLoad?: (parts: Parts) => unknown;
  /** While the first page loads. */
  duringLoad?: (parts: Parts) => unknown;
  /** When the first page has been answered. */
  afterLoad?: (parts: Parts) => unknown;
}

const troubles: readonly Trouble[] = [
  { name: 'flushed after the load', afterLoad: ({ client }) => client.flushall() },
  { name: 'links cut during the load', duringLoad: ({ proxy }) => proxy.cut() },
  { name: 'full after the load', afterLoad: ({ client }) => client.config('SET', 'maxmemory', '1') },
  {
    name: 'a user without channels',
    user: 'quiet:secret@',
    prepare: ({ client }) => client.call('ACL', 'SETUSER', 'quiet', 'on', '>secret', '~*', '+@all', 'resetchannels'),
  },
  {
    name: 'slow (150 ms) at the load',
    beforeLoad: ({ proxy }) => proxy.delay(150),
    afterLoad: ({ proxy }) => proxy.delay(0),
  },
  {
    name: 'away at the load, then back',
    beforeLoad: ({ redis }) => redis.signal('SIGKILL'),
    afterLoad: ({ redis }) => redis.restart(),
  },
  {
    name: 'hanging during the load',
    duringLoad: ({ redis }) => redis.signal('SIGSTOP'),
    afterLoad: ({ redis }) => redis.signal('SIGCONT'),
  },
  {
    name: 'restarted empty after the load',
    afterLoad: async ({ redis }) => {
      await redis.signal('SIGKILL');
      await redis.restart();
    },
  },
  {
    name: 'its log of invalidations evicted',
    afterLoad: async ({ client }) => client.del(...(await client.keys('*:log'))),
  },
  {
    name: 'its entries evicted',
    afterLoad: async ({ client }) => client.del(...(await client.keys('*:e')), 'none'),
  },
  { name: 'full from before the load', beforeLoad: ({ client }) => client.config('SET', 'maxmemory', '1') },
  {
    name: 'another type at the log',
    prepare: ({ client }) => client.lpush('hg:2:log', 'not ours'),
  },
  { name: 'read-only after the load', afterLoad: ({ client }) => client.replicaof('127.0.0.1', 1) },
  {
    name: 'message line flapping after the load',
    afterLoad: async ({ client }) => {
      for (let flap = 0; flap < 5; flap += 1) {
        await client.call('CLIENT', 'KILL', 'TYPE', 'pubsub');
        await wait(100);
      }
    },
  },
];

/** Troubles that are played at once: each has two gateways and a Redis. */
const AT_ONCE = 4;

export const redisTrouble: Drill = {
  name: 'redis-trouble',
  summary:
    'a matrix of troubles of Redis, then the database goes: each copy serves as STALE, none after a hard invalidation',
  run: (scale) =>
    playing(undefined, async ({ fixture }) => {
      const played = scale === 'full' ? troubles : troubles.slice(0, AT_ONCE);
      const database = await fixture.database();
      const findings: Finding[] = [];
      for (let from = 0; from < played.length; from += AT_ONCE) {
        findings.push(...(await playTogether(fixture, database, played.slice(from, from + AT_ONCE))));
      }
      return findings;
    }),
};

async function playTogether(
  fixture: ProcessFixture,
  database: Database,
  played: readonly Trouble[],
): Promise<Finding[]> {
  const stages = await Promise.all(
    played.map(async (trouble) => {
      const redis = await fixture.redis();
      const proxy = await startTcpProxy(redis);
      const parts: Parts = { redis, client: redis.client(), proxy };
      await trouble.prepare?.(parts);
      const REDIS_URL = `redis://${trouble.user ?? ''}127.0.0.1:${proxy.port}`;
      const env = { MONGODB_URI: database.uri, REDIS_URL, CACHE_TTL: SHORTEST_TTL };
      const gateways = await Promise.all([startLone(fixture, env), startLone(fixture, env)]);
      return { trouble, parts, gateways };
    }),
  );
  try {
    await failPoint(database, 'alwaysOn', { failCommands: ['find'], blockConnection: true, blockTimeMS: LOAD_MS });
    await Promise.all(
      stages.map(async ({ trouble, parts, gateways }) => {
        await trouble.beforeLoad?.(parts);
        const first = Promise.all(gateways.map((gateway) => gateway.page()));
        await wait(LOAD_MS / 2);
        await trouble.duringLoad?.(parts);
        await first;
        await trouble.afterLoad?.(parts);
      }),
    );
    await failFinds(database);
    await wait(PAST_STALE_MS);
    const outage = await Promise.all(stages.map(({ gateways }) => statusesOf(gateways)));
    await failPoint(database, 'off');
    const lies = await Promise.all(stages.map(({ gateways }) => servedAfterHard(gateways)));
    return stages.flatMap(({ trouble: { name } }, index) => [
      notStale(name, outage[index] ?? []),
      exactly(`${name}: pages older than a hard invalidation`, lies[index] ?? Number.NaN, 0),
    ]);
  } finally {
    await Promise.all(stages.flatMap(({ gateways }) => gateways.map(ended)));
    await Promise.all(stages.map(({ parts }) => parts.proxy.close()));
  }
}

const ended = async ({ process }: Gateway) => {
  process.child.kill('SIGKILL');
  await process.ended;
};

async function statusesOf(gateways: readonly Gateway[]): Promise<string[]> {
  const statuses: string[] = [];
  for (let asked = 0; asked < PAGES; asked += 1) {
    const pages = await Promise.all(gateways.map((gateway) => gateway.page()));
    statuses.push(...pages.flatMap((page) => Object.values(page.statuses)));
  }
  return statuses;
}

function notStale(name: string, statuses: readonly string[]): Finding {
  const others = statuses.filter((status) => status !== 'STALE');
  const finding = exactly(`${name}: sections not STALE in the outage, of ${statuses.length}`, others.length, 0);
  return others.length === 0
    ? finding
    : { ...finding, measured: `${others.length} (${[...new Set(others)].join(' ')})` };
}

/**
 * Everything is invalidated hard through the first gateway. Pages of it after the answer, and of the second one once it
 * has been told, must have been read later than that: how many were not.
 */
async function servedAfterHard([first, second]: readonly Gateway[]): Promise<number> {
  if (first === undefined || second === undefined) throw new Error('two gateways are needed');
  const before = Date.now();
  await invalidateAll(first);
  const isOld = async (gateway: Gateway) => (await lastUpdatedOf(gateway)) < before;
  await until(async () => !(await isOld(second)), 3000).catch(() => undefined);
  let old = 0;
  for (let asked = 0; asked < PAGES; asked += 1) {
    for (const gateway of [first, second]) old += Number(await isOld(gateway));
  }
  return old;
}
