import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisTarget } from '../../../src/config/redis-url.js';
import { until } from '../until.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

/** A Redis of several processes. */
export interface Topology {
  target: RedisTarget;
  /** What `REDIS_URL` says of it. */
  url: string;
  /** The servers that hold the data; one that has a replica can be killed. */
  primaries: readonly RedisServer[];
  stop(): Promise<void>;
}

/** How soon a primary that is gone counts as such. */
const DOWN_AFTER_MS = 1000;

const local = { host: '127.0.0.1', protocol: 2 } as const;

/** A primary would wait five seconds for more replicas before it copies itself. */
const copiedAtOnce = ['--repl-diskless-sync-delay', '0'];

/** Three masters that share the slots, each with a replica when it is asked for. */
export async function startCluster({ replicas = false } = {}): Promise<Topology> {
  const timeout = String(replicas ? DOWN_AFTER_MS : 2000);
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', timeout, ...copiedAtOnce];
  const nodes: RedisServer[] = [];
  for (let i = 0; i < 3; i++) nodes.push(await startRedisServer(options));
  const slots = [0, 5461, 10_923, 16_384];
  for (const [i, { port }] of nodes.entries()) {
    const admin = new Redis({ ...local, port });
    await admin.call('CLUSTER', 'ADDSLOTSRANGE', slots[i] ?? 0, (slots[i + 1] ?? 0) - 1);
    for (const other of nodes) await admin.call('CLUSTER', 'MEET', local.host, other.port);
    admin.disconnect();
  }
  for (const { port } of nodes) {
    const admin = new Redis({ ...local, port });
    await until(async () => {
      const info = String(await admin.call('CLUSTER', 'INFO'));
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    }, 15_000);
    admin.disconnect();
  }
  const copies: RedisServer[] = [];
  if (replicas) {
    for (const { port } of nodes) copies.push(await startReplica(port, options));
  }
  const hosts = nodes.map(({ port }) => ({ host: local.host, port }));
  return {
    target: { kind: 'cluster', hosts, tls: false, db: 0 },
    url: `redis+cluster://${hosts.map(({ host, port }) => `${host}:${port}`).join()}`,
    primaries: nodes,
    stop: async () => {
      await Promise.all([...nodes, ...copies].map((node) => node.stop()));
    },
  };
}

/** A node of the cluster that copies one of its masters. */
async function startReplica(masterPort: number, options: readonly string[]): Promise<RedisServer> {
  const replica = await startRedisServer(options);
  const [master, admin] = [masterPort, replica.port].map((port) => new Redis({ ...local, port }));
  const id = String(await master?.call('CLUSTER', 'MYID'));
  await admin?.call('CLUSTER', 'MEET', local.host, masterPort);
  await until(async () => String(await admin?.call('CLUSTER', 'NODES')).includes(id), 5000);
  await admin?.call('CLUSTER', 'REPLICATE', id);
  await until(async () => String(await admin?.info('replication')).includes('master_link_status:up'), 15_000);
  for (const client of [master, admin]) client?.disconnect();
  return replica;
}

/** One master and one sentinel that watches it; with `replica`, a copy that the sentinel puts in its place. */
export async function startSentinel({ replica = false } = {}): Promise<Topology> {
  const master = await startRedisServer(copiedAtOnce);
  const copies = replica
    ? [await startRedisServer([...copiedAtOnce, '--replicaof', `${local.host} ${master.port}`])]
    : [];
  const sentinel = await startRedisServer(['--sentinel'], async (directory, port) => {
    const file = join(directory, 'sentinel.conf');
    const lines = [
      `port ${port}`,
      `sentinel monitor mymaster ${local.host} ${master.port} 1`,
      `sentinel down-after-milliseconds mymaster ${DOWN_AFTER_MS}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    return file;
  });
  if (replica) {
    const admin = new Redis({ ...local, port: sentinel.port });
    await until(async () => String(await admin.call('SENTINEL', 'REPLICAS', 'mymaster')).includes('slave'), 15_000);
    admin.disconnect();
  }
  return {
    target: {
      ...{ kind: 'sentinel', tls: false, db: 0, master: 'mymaster' },
      hosts: [{ host: local.host, port: sentinel.port }],
    },
    url: `redis+sentinel://${local.host}:${sentinel.port}/mymaster`,
    primaries: [master],
    stop: async () => {
      await Promise.all([sentinel, master, ...copies].map((server) => server.stop()));
    },
  };
}
