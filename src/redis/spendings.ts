import type { RedisConnection } from './redis-connection.js';

/** What one client has spent of its rate limit, by number of a sub-window of time. */
export interface Spending {
  client: string;
  counts: ReadonlyMap<number, number>;
  /** Sub-windows below this number no longer count, and are removed. */
  from: number;
}

/** What clients have spent in all processes. */
export interface Spendings {
  /** Adds to what clients have spent; answers the sums of all processes, in the same order. Rejects while Redis is away. */
  spend(spendings: readonly Spending[]): Promise<ReadonlyMap<number, number>[]>;
}

/** Seven sub-windows of 10 s: a client that has spent nothing for so long has nothing left that counts. */
const SPENDING_TTL_MS = 70_000;
/** Sub-windows below `from` that are removed at a time: one more than a key can have missed while it lived. */
const REMOVED = 8;

/** No command touches two keys, so that clients may be on different nodes of a cluster. */
export function createSpendings(options: { redis: RedisConnection; prefix: string }): Spendings {
  const { redis, prefix } = options;
  return {
    spend: async (spendings) => {
      const steps = spendings.map(({ client, counts, from }) => {
        const key = `${prefix}:rate:${client}`;
        const over = Array.from({ length: REMOVED }, (_, index) => from - 1 - index);
        return [
          ...[...counts].map(([number, count]) => ['hincrby', key, number, count] as const),
          ['pexpire', key, SPENDING_TTL_MS] as const,
          ['hdel', key, ...over] as const,
          ['hgetall', key] as const,
        ];
      });
      const replies = await redis.run(steps.flat());
      let end = 0;
      return steps.map(({ length }) => {
        end += length;
        const fields = Object.entries((replies[end - 1] ?? {}) as Record<string, string>);
        return new Map(fields.map(([number, count]) => [Number(number), Number(count)]));
      });
    },
  };
}
