import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisTarget } from '../../../src/config/redis-url.js';
import { until } from '../until.js';
import { type RedisServer, startRedisServer } from './redis-server.js';

/** What `describeSharedStore` needs to know of a Redis that stands in some way. */
export interface Topology {
  target: RedisTarget;
  stop(): Promise<void>;
}

const local = { host: '127.0.0.1', protocol: 2 } as const;

/** Three masters that share the slots; no replicas. */
export async function startCluster(): Promise<Topology> {
  const options = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '2000'];
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
  return {
    target: { kind: 'cluster', hosts: nodes.map(({ port }) => ({ host: '127.0.0.1', port })), tls: false, db: 0 },
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

/** One master and one sentinel that watches it. */
export async function startSentinel(): Promise<Topology> {
  const master = await startRedisServer();
  const sentinel = await startRedisServer(['--sentinel'], async (directory, port) => {
    const file = join(directory, 'sentinel.conf');
    await writeFile(file, `port ${port}\nsentinel monitor mymaster 127.0.0.1 ${master.port} 1\n`);
    return file;
  });
  return {
    target: {
      ...{ kind: 'sentinel', tls: false, db: 0, master: 'mymaster' },
      hosts: [{ host: '127.0.0.1', port: sentinel.port }],
    },
    stop: async () => {
      await sentinel.stop();
      await master.stop();
    },
  };
}
