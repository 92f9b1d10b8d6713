import type { RedisConnection } from './redis-connection.js';

const WEEK_MS = 7 * 86_400_000;

/** Texts by name, such as the place in the history of changes. Every method rejects while Redis is away. */
export interface Texts {
  load(name: string): Promise<string | undefined>;
  /** Keeps the text for a week; undefined removes it. */
  save(name: string, text: string | undefined): Promise<void>;
}

export function createTexts(options: { redis: RedisConnection; prefix: string }): Texts {
  const { redis, prefix } = options;
  const keyOf = (name: string) => `${prefix}:state:${name}`;
  return {
    load: async (name) => {
      const [reply] = await redis.run([['get', keyOf(name)]]);
      return typeof reply === 'string' ? reply : undefined;
    },
    save: async (name, text) => {
      const key = keyOf(name);
      await redis.run([text === undefined ? ['del', key] : ['set', key, text, 'PX', WEEK_MS]]);
    },
  };
}
