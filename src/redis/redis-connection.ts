import { Cluster, Redis, type RedisOptions } from 'ioredis';
import type { RedisTarget } from '../config/redis-url.js';

type Step = readonly [command: string, ...args: (string | number | Buffer)[]];

/** Redis as the store uses it: standalone, Sentinel or Cluster. */
export interface RedisConnection {
  /**
   * The replies to all steps, in one round trip; on a cluster one for each step, at once. Rejects with the first error, but for
   * those that are `expected`, which stand in the place of their reply.
   */
  run(steps: readonly Step[], expected?: (error: Error) => boolean): Promise<unknown[]>;
  /** A connection of its own for messages; it does not reconnect by itself. */
  subscriber(): Redis | undefined;
  connect(): void;
  close(): void;
}

const RECONNECT_MAX_MS = 500;
/** A line that does not answer a ping for so long is opened again, so that a silent one is noticed within two seconds. */
const SUBSCRIBER_TIMEOUT_MS = 1200;
/** A connection on which nothing comes back for so long is given up: its other end may be gone without a word. */
const SILENCE_MAX_MS = 2000;

export function connectRedis(options: {
  target: RedisTarget;
  commandTimeoutMs: number;
  /** Lua scripts that `run` knows by these names. */
  scripts?: Record<string, { lua: string; numberOfKeys: number }>;
}): RedisConnection {
  const { target, commandTimeoutMs, scripts = {} } = options;
  const { username, password, db, tls, hosts } = target;
  const lines = new Set<Redis>();
  const common = {
    ...(username ? { username } : {}),
    ...(password ? { password } : {}),
    ...(tls ? { tls: {} } : {}),
    db,
    protocol: 2,
    lazyConnect: true,
    connectTimeout: 2000,
    socketTimeout: SILENCE_MAX_MS,
    commandTimeout: commandTimeoutMs,
    // A command fails at once while there is no connection, and is never sent twice: the engine decides what then.
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (times: number) => Math.min(25 * 2 ** times, RECONNECT_MAX_MS),
    // A replica answers: the address leads to another server since (managed failover), or should. Lines for messages go along.
    reconnectOnError: (error: Error) => {
      const isReplica = error.message.includes('READONLY');
      if (isReplica) for (const line of lines) line.disconnect();
      return isReplica;
    },
  } satisfies RedisOptions;
  const forMessages = {
    ...common,
    commandTimeout: SUBSCRIBER_TIMEOUT_MS,
    retryStrategy: null,
    autoResubscribe: false,
  } satisfies RedisOptions;
  const [first = { host: '127.0.0.1', port: 6379 }] = hosts;
  const place = target.master
    ? {
        sentinels: [...hosts],
        name: target.master,
        ...(password ? { sentinelPassword: password } : {}),
        ...(tls ? { sentinelTLS: {}, enableTLSForSentinelMode: true } : {}),
      }
    : first;

  const open = (): Redis | Cluster => {
    if (target.kind !== 'cluster') return new Redis({ ...place, ...common, scripts });
    const { enableOfflineQueue, lazyConnect, retryStrategy: clusterRetryStrategy, db: _, ...redisOptions } = common;
    return new Cluster([...hosts], {
      ...{ enableOfflineQueue, lazyConnect, clusterRetryStrategy, redisOptions },
      scripts,
    });
  };
  const client = open();
  // Failures reach the engine through the commands; without a listener they would end the process.
  client.on('error', () => {});

  return {
    run: async (steps, expected = () => false) => {
      const groups = client instanceof Cluster ? steps.map((step) => [step]) : [steps];
      const replies = await Promise.all(groups.map((group) => client.pipeline(group.map((step) => [...step])).exec()));
      return replies
        .flatMap((group) => group ?? [])
        .map(([error, reply]) => {
          if (error && !expected(error)) throw error;
          return error ?? reply;
        });
    },
    subscriber: () => {
      const node =
        client instanceof Cluster ? client.nodes('master').find(({ status }) => status === 'ready') : undefined;
      if (client instanceof Cluster && !node) return undefined;
      const at = node ? { host: node.options.host ?? '', port: node.options.port ?? 0 } : place;
      const subscriber = new Redis({ ...at, ...forMessages, db: node ? 0 : db });
      subscriber.on('error', () => {});
      subscriber.on('end', () => lines.delete(subscriber));
      lines.add(subscriber);
      return subscriber;
    },
    connect: () => {
      client.connect().catch(() => {});
    },
    close: () => client.disconnect(),
  };
}
