import type { Random } from './random.js';
import { randomToken } from './random.js';
import type { RedisConnection } from './redis-connection.js';

const PREFIX = 'hg:1';
const WEEK_MS = 7 * 86_400_000;

/** The little that processes share beside entries. Every method rejects while Redis is away; every key has a TTL. */
export interface SharedState {
  /** Whether this process is the first to ask by that name within `ttlMs`. */
  elect(name: string, ttlMs: number): Promise<boolean>;
  /** A text by name, for a week after it was last written. */
  load(name: string): Promise<string | undefined>;
  save(name: string, text: string | undefined): Promise<void>;
  /** Adds to the counters of a bucket, which goes away `ttlMs` after it was last added to. */
  add(bucket: string, counts: ReadonlyMap<string, number>, ttlMs: number): Promise<void>;
  /** The counters of some buckets, summed. */
  sum(buckets: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** Shared state on Redis, standalone, Sentinel or Cluster: no command touches two keys. */
export function createSharedState(options: { redis: RedisConnection; random: Random }): SharedState {
  const { redis, random } = options;
  const key = (kind: string, name: string) => `${PREFIX}:${kind}:${name}`;
  return {
    elect: async (name, ttlMs) => {
      const [reply] = await redis.run([['set', key('elect', name), randomToken(random), 'PX', ttlMs, 'NX']]);
      return reply === 'OK';
    },
    load: async (name) => {
      const [reply] = await redis.run([['get', key('state', name)]]);
      return typeof reply === 'string' ? reply : undefined;
    },
    save: async (name, text) => {
      const at = key('state', name);
      await redis.run([text === undefined ? ['del', at] : ['set', at, text, 'PX', WEEK_MS]]);
    },
    add: async (bucket, counts, ttlMs) => {
      const at = key('count', bucket);
      await redis.run([
        ...[...counts].map(([name, count]) => ['hincrby', at, name, count] as const),
        ['pexpire', at, ttlMs] as const,
      ]);
    },
    sum: async (buckets) => {
      const replies = await redis.run(buckets.map((bucket) => ['hgetall', key('count', bucket)] as const));
      const sums = new Map<string, number>();
      for (const reply of replies) {
        for (const [name, count] of Object.entries((reply ?? {}) as Record<string, string>)) {
          sums.set(name, (sums.get(name) ?? 0) + Number(count));
        }
      }
      return sums;
    },
  };
}
