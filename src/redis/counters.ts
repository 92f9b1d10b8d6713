import type { RedisConnection } from './redis-connection.js';

/** Named counters in buckets, summed over all processes. Every method rejects while Redis is away. */
export interface Counters {
  /** Adds to the counters of a bucket, which goes away `ttlMs` after it was last added to. */
  add(bucket: string, counts: ReadonlyMap<string, number>, ttlMs: number): Promise<void>;
  /** The counters of some buckets, summed by name. */
  sum(buckets: readonly string[]): Promise<ReadonlyMap<string, number>>;
}

/** No command touches two keys, so that buckets may be on different nodes of a cluster. */
export function createCounters(options: { redis: RedisConnection; prefix: string }): Counters {
  const { redis, prefix } = options;
  const keyOf = (bucket: string) => `${prefix}:count:${bucket}`;
  return {
    add: async (bucket, counts, ttlMs) => {
      const key = keyOf(bucket);
      await redis.run([
        ...[...counts].map(([name, count]) => ['hincrby', key, name, count] as const),
        ['pexpire', key, ttlMs] as const,
      ]);
    },
    sum: async (buckets) => {
      const replies = await redis.run(buckets.map((bucket) => ['hgetall', keyOf(bucket)] as const));
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
