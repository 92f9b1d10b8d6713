import type { InvalidationMode } from '../../cache/invalidation-log.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { CdnCache } from './cdn-caches.js';

/** Changes are gathered for so long: a price must leave at once, what is only old may wait until a second has gathered. */
const GATHER_MS: Record<InvalidationMode, number> = { hard: 100, soft: 1000 };
/** An answer that was on its way to the cache during a purge is stored after it: the purge is repeated once. */
const REPEAT_MS = 2000;
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 10_000;

/** Tags that one cache has yet to be told. */
export interface PurgeQueue {
  add(tags: readonly string[], mode: InvalidationMode): void;
  close(): void;
}

/**
 * Tells one cache what to purge: gathered, repeated once, and again until the cache has taken it. What waits is bounded by the
 * number of tags that answers may have.
 */
export function createPurgeQueue(options: { cache: CdnCache; clock: Clock; logger: Logger }): PurgeQueue {
  const { cache, clock, logger } = options;
  /** By tag, whether its purge is to be repeated. */
  const waiting: Record<InvalidationMode, Map<string, boolean>> = { soft: new Map(), hard: new Map() };
  const timers: Partial<Record<InvalidationMode, () => void>> = {};
  const repeats = new Set<() => void>();
  let retryMs = FIRST_RETRY_MS;
  let failing = false;
  let closed = false;

  const schedule = (mode: InvalidationMode, delayMs: number) => {
    timers[mode] ??= clock.after(delayMs, () => {
      delete timers[mode];
      void send(mode);
    });
  };
  const enqueue = (tags: readonly string[], mode: InvalidationMode, repeat: boolean, delayMs: number) => {
    if (closed || tags.length === 0) return;
    for (const tag of tags) waiting[mode].set(tag, repeat || waiting[mode].get(tag) === true);
    schedule(mode, delayMs);
  };
  const repeatLater = (tags: readonly string[], mode: InvalidationMode) => {
    if (closed || tags.length === 0) return;
    const cancel = clock.after(REPEAT_MS, () => {
      repeats.delete(cancel);
      enqueue(tags, mode, false, 0);
    });
    repeats.add(cancel);
  };

  const send = async (mode: InvalidationMode): Promise<void> => {
    const batch = [...waiting[mode]];
    waiting[mode].clear();
    try {
      await cache.purge(
        batch.map(([tag]) => tag),
        mode,
      );
      if (failing) logger.info({ target: cache.name }, 'purging again');
      failing = false;
      retryMs = FIRST_RETRY_MS;
      logger.debug({ target: cache.name, mode, tags: batch.map(([tag]) => tag) }, 'purged');
      repeatLater(
        batch.flatMap(([tag, repeat]) => (repeat ? [tag] : [])),
        mode,
      );
    } catch (error) {
      if (!failing && !closed) {
        logger.warn({ target: cache.name, error }, 'a purge failed: it is tried again until it succeeds');
      }
      failing = true;
      for (const [tag, repeat] of batch) enqueue([tag], mode, repeat, retryMs);
      retryMs = Math.min(2 * retryMs, LAST_RETRY_MS);
    }
  };

  return {
    add: (tags, mode) => enqueue(tags, mode, true, GATHER_MS[mode]),
    close: () => {
      closed = true;
      for (const cancel of [...repeats, ...Object.values(timers)]) cancel?.();
    },
  };
}
