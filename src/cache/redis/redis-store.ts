import { z } from 'zod';
import type { RedisTarget } from '../../config/redis-url.js';
import type { Clock } from '../../core/clock.js';
import { type Random, randomToken } from '../../core/random.js';
import { connectRedis } from '../../redis/redis-connection.js';
import { HEAD_BYTES } from '../entry-format.js';
import type { InvalidationMode } from '../invalidation-log.js';
import type { SharedListener, SharedStore, Turn } from '../shared/shared-store.js';
import { createMessageLine } from './message-line.js';
import { redisScripts } from './redis-scripts.js';

export interface RedisStoreOptions {
  target: RedisTarget;
  clock: Clock;
  random: Random;
  /** What every key and every channel begins with. */
  prefix: string;
  /** The longest that an entry may serve. Older marks are dropped: nothing that they forbid can be served. */
  graceMs?: number;
  /** Marks that are kept at most, of the latest invalidations. */
  maxMarks?: number;
  /** When a command counts as lost. How long a request waits for it is decided by the shared tier. */
  commandTimeoutMs?: number;
}

const DAY_MS = 86_400_000;
const fieldOf: Record<InvalidationMode, 's' | 'h'> = { soft: 's', hard: 'h' };

/** The shared store on Redis 5 or later: standalone, Sentinel or Cluster. Every key has a TTL; nothing is ever scanned. */
export function createRedisStore(options: RedisStoreOptions): SharedStore {
  const { target, prefix, clock, random, commandTimeoutMs = 1000 } = options;
  const { graceMs = DAY_MS, maxMarks = 100_000 } = options;
  const redis = connectRedis({ target, commandTimeoutMs, scripts: redisScripts });
  // All databases of a server have the same channels.
  const channel = `${prefix}:events:${target.db}`;
  const log = `${prefix}:log`;
  const entryKey = (id: string) => `${prefix}:{${id}}:e`;
  const leaseKey = (id: string) => `${prefix}:{${id}}:l`;
  /** Entries are judged by the log, so it outlives every one of them. */
  const head = () => [log, randomToken(random), 2 * graceMs] as const;
  const readyMessage = (id: string) => JSON.stringify({ ready: id });
  const line = createMessageLine({ subscribe: redis.subscriber, channel, clock });

  return {
    read: async ({ entries: asked, tags, since, known }) => {
      const steps = asked.map(({ id, head }) =>
        head === ''
          ? (['getBuffer', entryKey(id)] as const)
          : (['hgReadBuffer', entryKey(id), head, HEAD_BYTES] as const),
      );
      const replies = await redis.run([...steps, ['hgLook', ...head(), known, since, ...tags]], isWrongType);
      const entries = replies.slice(0, asked.length);
      const [incarnation, count, floor, now, ...counts] = lookReply.parse(replies.at(-1));
      return {
        moment: { incarnation, count },
        floor,
        now,
        entries: entries.map((reply) => (reply === 1 ? 'unchanged' : Buffer.isBuffer(reply) ? reply : undefined)),
        foreign: asked.flatMap(({ id }, index) => (entries[index] instanceof Error ? id : [])),
        marks: tags.map((_, index) => ({ soft: counts[2 * index] ?? 0, hard: counts[2 * index + 1] ?? 0 })),
      };
    },
    acquire: async ({ id, lease, ttlMs, head: began }) => {
      const bytes = Buffer.from(began, 'latin1');
      const step = ['hgAcquire', entryKey(id), leaseKey(id), lease, ttlMs, bytes, HEAD_BYTES] as const;
      const [reply] = await redis.run([step], isRefusal);
      return turns.find((turn) => turn === reply) ?? 'refused';
    },
    renew: async ({ id, lease, ttlMs }) => {
      const [reply] = await redis.run([['hgRenew', leaseKey(id), lease, ttlMs]]);
      return reply === 1;
    },
    release: async ({ id, lease }) => {
      await redis.run([['hgRelease', leaseKey(id), lease, channel, readyMessage(id)]]);
    },
    commit: async ({ id, lease, bytes, ttlMs }) => {
      const keys = [entryKey(id), leaseKey(id)] as const;
      const [reply] = await redis.run(
        [['hgCommit', ...keys, lease, bytes, ttlMs, channel, readyMessage(id)]],
        isRefusal,
      );
      return reply === 1;
    },
    invalidate: async ({ tags, mode, origin, repeats = 0, known }) => {
      const bounds = [graceMs * 1000, maxMarks] as const;
      const [reply] = await redis.run([
        ['hgInvalidate', ...head(), known, fieldOf[mode], repeats, ...bounds, channel, origin, ...tags],
      ]);
      const [incarnation, count, marked] = z.tuple([z.string(), z.number(), z.number()]).parse(reply);
      return { moment: { incarnation, count }, marked: marked === 1 };
    },
    ping: line.ping,
    open: (listener) => {
      redis.connect();
      line.open({
        linked: listener.linked,
        unlinked: listener.unlinked,
        message: (text) => deliver(text, listener),
      });
    },
    close: async () => {
      line.close();
      redis.close();
    },
  };
}

const turns: readonly Turn[] = ['won', 'held', 'changed'];
const lookReply = z.tuple([z.string(), z.number(), z.number(), z.number()], z.number());

/** A key of another type under one of our names counts as missing; writing the entry replaces it. */
const isWrongType = ({ message }: Error) => message.includes('WRONGTYPE');
/** Full (`OOM`), its disk is (`MISCONF`), or it lacks replicas (`NOREPLICAS`): it goes on serving reads. */
const isRefusal = ({ message }: Error) => /OOM|MISCONF|NOREPLICAS/.test(message);

const messageSchema = z.union([
  z.object({ ready: z.string() }),
  z.object({
    // An empty list is `{}` in Redis' JSON.
    tags: z.array(z.string()),
    mode: z.enum(['s', 'h']),
    count: z.coerce.number(),
    incarnation: z.string(),
    origin: z.string(),
  }),
]);

function deliver(text: string, listener: SharedListener): void {
  const message = messageOf(text);
  if (!message) return;
  if ('ready' in message) listener.ready(message.ready);
  else {
    const { tags, mode, count, incarnation, origin } = message;
    listener.invalidated(tags, mode === 's' ? 'soft' : 'hard', { incarnation, count }, origin);
  }
}

/** Anything on the channel that is no message of ours is passed over. */
function messageOf(text: string): z.infer<typeof messageSchema> | undefined {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
