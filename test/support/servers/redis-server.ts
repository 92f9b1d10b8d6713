import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { RedisTarget } from '../../../src/config/redis-url.js';

/** A redis-server of the test's own: free port, directory of its own, nothing kept on disk. */
export interface RedisServer {
  readonly url: string;
  readonly target: RedisTarget;
  readonly port: number;
  signal(signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL'): Promise<void>;
  /** Starts it again, empty, on the same port. */
  restart(): Promise<void>;
  /** A client to look at it with. */
  client(): Redis;
  stop(): Promise<void>;
}

export async function startRedisServer(
  options: readonly string[] = [],
  configure?: (directory: string, port: number) => Promise<string>,
): Promise<RedisServer> {
  const port = await freePort();
  const directory = await mkdtemp(join(tmpdir(), 'hg-redis-'));
  const clients: Redis[] = [];
  const file = await configure?.(directory, port);
  const usual = ['--save', '', '--appendonly', 'no', '--bind', '127.0.0.1', ...options];
  const given = file === undefined ? ['--port', String(port), '--dir', directory, ...usual] : [file, ...options];
  let server = await launch(port, given);

  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    target: standaloneTarget(port),
    signal: async (signal) => {
      server.kill(signal);
      if (signal === 'SIGKILL') await once(server, 'exit');
    },
    restart: async () => {
      server = await launch(port, given);
    },
    client: () => {
      const client = new Redis(port, '127.0.0.1', { protocol: 2 });
      client.on('error', () => {});
      clients.push(client);
      return client;
    },
    stop: async () => {
      for (const client of clients) client.disconnect();
      server.kill('SIGCONT');
      server.kill('SIGKILL');
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A Redis of this machine, whether or not anything listens on the port. */
export function standaloneTarget(port: number): RedisTarget {
  return { kind: 'standalone', hosts: [{ host: '127.0.0.1', port }], tls: false, db: 0 };
}

async function launch(port: number, args: readonly string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', args, { stdio: 'ignore' });
  const probe = new Redis(port, '127.0.0.1', {
    protocol: 2,
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
    enableReadyCheck: false,
  });
  probe.on('error', () => {});
  await probe.ping();
  probe.disconnect();
  return server;
}

export async function freePort(): Promise<number> {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  listener.close();
  await once(listener, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
