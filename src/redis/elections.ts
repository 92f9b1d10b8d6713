import { type Random, randomToken } from '../core/random.js';
import type { RedisConnection } from './redis-connection.js';

/** Lets one of several processes do what needs doing once. */
export interface Elections {
  /** Whether this process is the first to stand for `name` within `ttlMs`. Rejects while Redis is away. */
  elect(name: string, ttlMs: number): Promise<boolean>;
}

export function createElections(options: { redis: RedisConnection; prefix: string; random: Random }): Elections {
  const { redis, prefix, random } = options;
  return {
    elect: async (name, ttlMs) => {
      const [reply] = await redis.run([['set', `${prefix}:elect:${name}`, randomToken(random), 'PX', ttlMs, 'NX']]);
      return reply === 'OK';
    },
  };
}
