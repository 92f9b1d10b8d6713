import { startCluster, startSentinel, type Topology } from '../../../test/support/servers/redis-topologies.js';
import { startTcpProxy } from '../../../test/support/servers/tcp-proxy.js';
import type { Load } from '../../load/load-runner.js';
import { atMost, type Drill, exactly, type Finding } from '../../support/drill.js';
import { type DrillFixture, type Gateway, playing, startLone, until, wait } from '../../support/drill-processes.js';
import { invalidateAll, lastUpdatedOf } from '../../support/page-times.js';
import { noneFailed, slowest } from '../../support/times.js';

const PRIMARIES_ARE_BACK_MS = 15_000;
/**
 * When another gateway knows. Of a cluster one node takes the invalidation while another is gone: a gateway whose message line and
 * entries were there serves from its memory until the replica has its place.
 */
const HEARD_WITHIN_MS = { 'the address moves': 3000, Sentinel: 3000, Cluster: 8000 } as const;
type Way = keyof typeof HEARD_WITHIN_MS;

/** The primary is replaced: by a sentinel, by the cluster itself, or by a provider who moves the address. */
export const redisFailover: Drill = {
  name: 'redis-failover',
  summary:
    "Redis' primary is replaced (the address moves; Sentinel; Cluster): no request fails, and invalidations are shared again",
  run: (scale, processes) =>
    playing(processes, async (parts) => {
      const moved = await survivingPrimary(parts);
      if (scale === 'short') return moved;
      const promoted = await killed(parts, 'Sentinel', await startSentinel({ replica: true }));
      return [...moved, ...promoted, ...(await killed(parts, 'Cluster', await startCluster({ replicas: true })))];
    }),
};

/** The address leads to the new primary, and the old one lives on as its replica: it answers, but takes no writes. */
async function survivingPrimary({ fixture, database, load }: DrillFixture): Promise<Finding[]> {
  const [{ uri: MONGODB_URI }, old, next] = await Promise.all([database(), fixture.redis(), fixture.redis()]);
  const [oldClient, nextClient] = [old.client(), next.client()];
  const proxy = await startTcpProxy(old);
  try {
    await Promise.all([oldClient, nextClient].map((client) => client.config('SET', 'repl-diskless-sync-delay', '0')));
    const env = { MONGODB_URI, REDIS_URL: `redis://127.0.0.1:${proxy.port}` };
    const gateways = await Promise.all([startLone(fixture, env), startLone(fixture, env)]);
    const listed = async (type: string) => String(await oldClient.call('CLIENT', 'LIST', 'TYPE', type)).match(/^id=/gm);
    // One of them is the drill's own.
    const left = async () => [...((await listed('normal')) ?? []), ...((await listed('pubsub')) ?? [])].length - 1;
    const replace = async () => {
      await nextClient.replicaof('127.0.0.1', old.port);
      await until(async () => (await nextClient.info('replication')).includes('master_link_status:up'));
      proxy.leadTo(next.port);
      await nextClient.replicaof('NO', 'ONE');
      await oldClient.replicaof('127.0.0.1', next.port);
    };
    const findings = await replaced('the address moves', gateways, load, replace);
    const leavingFrom = performance.now();
    await until(async () => (await left()) === 0, 10_000).catch(() => undefined);
    const leftMs = performance.now() - leavingFrom;
    return [...findings, atMost('the address moves: no connection at the old primary after', leftMs, 5000, ' ms')];
  } finally {
    await proxy.close();
  }
}

async function killed({ fixture, database, load }: DrillFixture, name: Way, topology: Topology): Promise<Finding[]> {
  try {
    const { uri: MONGODB_URI } = await database();
    const env = { MONGODB_URI, REDIS_URL: topology.url };
    const gateways = await Promise.all([startLone(fixture, env), startLone(fixture, env)]);
    return await replaced(name, gateways, load, async () => {
      await topology.primaries[0]?.signal('SIGKILL');
    });
  } finally {
    await topology.stop();
  }
}

/** Under load, `replace` replaces the primary; then everything is invalidated hard, again and again until Redis takes it. */
async function replaced(
  name: Way,
  gateways: readonly Gateway[],
  load: Load,
  replace: () => Promise<void>,
): Promise<Finding[]> {
  const [first, second] = gateways;
  if (first === undefined || second === undefined) throw new Error('two gateways are needed');
  const asks = gateways.map(({ origin }) => ({ origin, path: '/api/v1/homepage' }));
  await load.run({ asks, pace: { connections: 2, count: 10 } });
  const traffic = load.start({ asks, pace: { perSecond: 40, forMs: 60_000 } });
  await wait(500);
  await replace();
  const replacedAt = performance.now();
  await until(async () => (await invalidateAll(first)) === 200, PRIMARIES_ARE_BACK_MS).catch(() => undefined);
  const takenMs = performance.now() - replacedAt;
  const forbiddenAt = Date.now();
  await invalidateAll(first);
  const own = await lastUpdatedOf(first);
  const heardFrom = performance.now();
  await until(async () => (await lastUpdatedOf(second)) >= forbiddenAt, 10_000).catch(() => undefined);
  const heardMs = performance.now() - heardFrom;
  const samples = await traffic.stop();
  return [
    noneFailed(samples, `${name}: failed answers`),
    atMost(`${name}: slowest answer`, slowest(samples), 3000, ' ms'),
    atMost(`${name}: Redis takes an invalidation after`, takenMs, PRIMARIES_ARE_BACK_MS, ' ms'),
    exactly(`${name}: pages older than the hard invalidation, where it was told`, Number(own < forbiddenAt), 0),
    atMost(`${name}: the other gateway shows it after`, heardMs, HEARD_WITHIN_MS[name], ' ms'),
  ];
}
