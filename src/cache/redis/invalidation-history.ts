import { z } from 'zod';
import type { RedisTarget } from '../../config/redis-url.js';
import { connectRedis } from '../../redis/redis-connection.js';
import type { InvalidationMode } from '../invalidation-log.js';

/** What the log in Redis remembers. */
export interface RememberedInvalidations {
  /** Redis' time in microseconds, which counts follow. */
  readonly now: number;
  /** Marks up to this count may have been dropped. */
  readonly floor: number;
  readonly incarnation: string | undefined;
  readonly marks: readonly { readonly tag: string; readonly mode: InvalidationMode; readonly count: number }[];
}

/** Reads the invalidation log (laid out in `redis-scripts.ts`) without writing to it, for those who have missed messages. */
export interface InvalidationHistory {
  /** Everything that was invalidated after this count, or after so many microseconds ago. Rejects while Redis is away. */
  after(since: { count: number } | { ageMicroseconds: number }): Promise<RememberedInvalidations>;
  close(): void;
}

const timeReply = z.tuple([z.coerce.number(), z.coerce.number()]);
const membersReply = z.array(z.string());

export function createInvalidationHistory(options: { target: RedisTarget; prefix: string }): InvalidationHistory {
  const log = `${options.prefix}:log`;
  const redis = connectRedis({ target: options.target, commandTimeoutMs: 2000 });
  redis.connect();
  return {
    after: async (since) => {
      const [time] = await redis.run([['time']]);
      const [seconds, microseconds] = timeReply.parse(time);
      const now = seconds * 1_000_000 + microseconds;
      const from = 'count' in since ? since.count : now - since.ageMicroseconds;
      const [members, floor, born] = await redis.run([
        ['zrangebyscore', log, `(${Math.max(from, 0)}`, '+inf', 'WITHSCORES'],
        ['zscore', log, 'f'],
        ['zrangebyscore', log, -1, -1],
      ]);
      return {
        now,
        floor: Number(floor ?? 0),
        incarnation: /^i:(\w+):/.exec(membersReply.parse(born)[0] ?? '')?.[1],
        marks: marksIn(membersReply.parse(members)),
      };
    },
    close: () => redis.close(),
  };
}

/** Members and their scores in turn; those of one letter are the clock and the floor. */
function marksIn(reply: readonly string[]): RememberedInvalidations['marks'] {
  return reply.flatMap((member, index) => {
    if (index % 2 === 1 || member.length < 2) return [];
    return [{ tag: member.slice(1), mode: member.startsWith('h') ? 'hard' : 'soft', count: Number(reply[index + 1]) }];
  });
}
