import type { Random } from '../core/random.js';
import { randomToken } from '../core/random.js';
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
  /** Adds to clients' numbered counters, and answers those of all processes, client by client. */
  spend(spendings: readonly Spending[]): Promise<ReadonlyMap<number, number>[]>;
}

/** What one client has spent, by number of a sub-window of time. */
export interface Spending {
  client: string;
  counts: ReadonlyMap<number, number>;
  /** Counters below this number are over, and removed. */
  from: number;
}

/** A client's counters are gone so long after it last spent. */
const SPENDING_TTL_MS = 70_000;
/**
 * How many counters below `from` are removed each time. They all go sooner or later: the key lives for seven sub-windows of
 * 10 s after it was last added to, and whoever adds to it in that time removes what the one before could not.
 */
const REMOVED = 8;

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
    spend: async (spendings) => {
      const steps = spendings.map(({ client, counts, from }) => {
        const at = key('rate', client);
        const over = Array.from({ length: REMOVED }, (_, index) => from - 1 - index);
        return [
          ...[...counts].map(([number, count]) => ['hincrby', at, number, count] as const),
          ['pexpire', at, SPENDING_TTL_MS] as const,
          ['hdel', at, ...over] as const,
          ['hgetall', at] as const,
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
