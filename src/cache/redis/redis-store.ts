import type { Redis } from 'ioredis';
import type { RedisTarget } from '../../config/redis-url.js';
import type { Clock } from '../../core/clock.js';
import { type Random, randomToken } from '../../core/random.js';
import { connectRedis } from '../../redis/redis-connection.js';
import { HEAD_BYTES } from '../entry-format.js';
import type { SharedListener, SharedStore } from '../shared/shared-store.js';
import type { InvalidationMode, TagStamps } from '../stamp.js';
import { redisScripts } from './redis-scripts.js';

export interface RedisStoreOptions {
  target: RedisTarget;
  clock: Clock;
  random: Random;
  /** What every key begins with. */
  prefix: string;
  /** Longer than any entry lives, so that a tag's stamps outlive what was judged by them. */
  tagTtlMs?: number;
  /** When a command counts as lost. How long anybody waits for it is decided by the shared tier. */
  commandTimeoutMs?: number;
}

const fieldOf: Record<InvalidationMode, 's' | 'h'> = { soft: 's', hard: 'h' };
/** How often the line for messages is tried, and how long after a failure it is opened again. */
const PING_MS = 2000;
const RELINK_MS = 100;

/** The shared store on Redis 5 or later: standalone, Sentinel or Cluster. Every key has a TTL; nothing is ever scanned. */
export function createRedisStore(options: RedisStoreOptions): SharedStore {
  const { target, prefix, clock, random, tagTtlMs = 26 * 3_600_000, commandTimeoutMs = 1000 } = options;
  const redis = connectRedis({ target, commandTimeoutMs, scripts: redisScripts });
  const channel = `${prefix}:events`;
  // The clock outlives the tags, whose stamps mean nothing without it.
  const clockTtlMs = 2 * tagTtlMs;
  const entryKey = (id: string) => `${prefix}:{${id}}:e`;
  const leaseKey = (id: string) => `${prefix}:{${id}}:l`;
  const tagKey = (tag: string) => `${prefix}:t:${tag}`;
  const moment = (move: 0 | 1) => ['hgMoment', `${prefix}:clock`, randomToken(random), clockTtlMs, move] as const;
  const readyMessage = (id: string) => JSON.stringify({ ready: id });
  const link = createLink({ subscribe: redis.subscriber, channel, clock });

  return {
    read: async ({ ids, tags }) => {
      const replies = await redis.run([
        moment(0),
        ...ids.map((id) => ['getBuffer', entryKey(id)] as const),
        ...tags.map((tag) => ['hmget', tagKey(tag), 's', 'h'] as const),
      ]);
      return {
        moment: String(replies[0]),
        entries: replies.slice(1, 1 + ids.length).map((reply) => (Buffer.isBuffer(reply) ? reply : undefined)),
        tags: replies.slice(1 + ids.length).map(stampsOf),
      };
    },
    acquire: async ({ id, lease, ttlMs, head }) => {
      const began = Buffer.from(head, 'latin1');
      const [reply] = await redis.run([['hgAcquire', entryKey(id), leaseKey(id), lease, ttlMs, began, HEAD_BYTES]]);
      return reply === 'won' || reply === 'changed' ? reply : 'held';
    },
    renew: async ({ id, lease, ttlMs }) => {
      const [reply] = await redis.run([['hgRenew', leaseKey(id), lease, ttlMs]]);
      return reply === 1;
    },
    release: async ({ id, lease }) => {
      await redis.run([['hgRelease', leaseKey(id), lease, channel, readyMessage(id)]]);
    },
    commit: async ({ id, lease, bytes, ttlMs, tags, moment: began }) => {
      // Tags first: whoever is woken by the entry must find them. On a cluster the order is kept by waiting.
      await redis.run(tags.map((tag) => ['hgEnsure', tagKey(tag), began, tagTtlMs] as const));
      const [reply] = await redis.run([
        ['hgCommit', entryKey(id), leaseKey(id), lease, bytes, ttlMs, channel, readyMessage(id)],
      ]);
      return reply === 1;
    },
    invalidate: async ({ tags, mode, origin }) => {
      const [reply] = await redis.run([moment(1)]);
      const stamp = String(reply);
      const other = mode === 'soft' ? fieldOf.hard : fieldOf.soft;
      await redis.run(
        tags.map((tag) => {
          const message = JSON.stringify({ tag, mode, stamp, origin });
          return ['hgInvalidate', tagKey(tag), fieldOf[mode], other, stamp, tagTtlMs, channel, message] as const;
        }),
      );
      return stamp;
    },
    open: (listener) => {
      redis.connect();
      link.open(listener);
    },
    close: async () => {
      link.close();
      redis.close();
    },
  };
}

function stampsOf(reply: unknown): TagStamps | undefined {
  if (!Array.isArray(reply)) return undefined;
  const [soft, hard]: unknown[] = reply;
  return typeof soft === 'string' && typeof hard === 'string' ? { soft, hard } : undefined;
}

/** The line on which messages arrive. Opened again whenever it breaks; a line that only seems to stand is found by pings. */
function createLink(options: { subscribe: () => Redis | undefined; channel: string; clock: Clock }) {
  const { subscribe, channel, clock } = options;
  let current: Redis | undefined;
  let cancelTimer = () => {};
  let closed = false;

  const open = (listener: SharedListener): void => {
    const line = subscribe();
    current = line;
    const again = () => {
      if (current !== line || closed) return;
      current = undefined;
      cancelTimer();
      listener.unlinked();
      line?.disconnect();
      cancelTimer = clock.after(RELINK_MS, () => open(listener));
    };
    const pingLater = () => {
      cancelTimer = clock.after(PING_MS, () => {
        line?.ping().then(pingLater, again);
      });
    };
    if (!line) {
      again();
      return;
    }
    line.on('message', (_, text) => deliver(text, listener));
    line.on('close', again);
    const subscribed = async () => {
      await line.connect();
      await line.subscribe(channel);
      if (current !== line || closed) return;
      listener.linked();
      pingLater();
    };
    subscribed().catch(again);
  };

  return {
    open,
    close: () => {
      closed = true;
      cancelTimer();
      current?.disconnect();
    },
  };
}

function deliver(text: string, listener: SharedListener): void {
  const { ready, tag, mode, stamp, origin } = messageOf(text);
  if (typeof ready === 'string') listener.ready(ready);
  else if (typeof tag === 'string' && (mode === 'soft' || mode === 'hard')) {
    listener.invalidated(tag, mode, String(stamp), String(origin));
  }
}

/** Anything on the channel that is no message of ours is passed over. */
function messageOf(text: string): Record<string, unknown> {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null ? { ...message } : {};
  } catch {
    return {};
  }
}
