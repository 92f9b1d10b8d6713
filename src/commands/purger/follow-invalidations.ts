import type { InvalidationMode } from '../../cache/invalidation-log.js';
import type { InvalidationHistory } from '../../cache/redis/invalidation-history.js';
import type { SharedStore } from '../../cache/shared/shared-store.js';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';

/** How far back a first look goes: as long as an answer may be served as stale (RFC 5861), and as stale-if-error. */
const SOFT_HISTORY_MS = 300_000;
const HARD_HISTORY_MS = 86_400_000;
/** Replication is asynchronous: a failover may lose, and a later replay repeat, the marks of so long. */
const OVERLAP_MICROSECONDS = 10_000_000;
const RETRY_MS = 500;

export interface FollowedInvalidations {
  close(): void;
}

/**
 * Hears every invalidation that gateways publish, and reads from the log what was missed while there was no link. What cannot be
 * known, because Redis has lost its memory or dropped marks, counts as an invalidation of everything.
 */
export function followInvalidations(options: {
  store: Pick<SharedStore, 'open'>;
  history: Pick<InvalidationHistory, 'after'>;
  clock: Clock;
  logger: Logger;
  invalidated: (tags: readonly string[], mode: InvalidationMode) => void;
  invalidatedAll: (mode: InvalidationMode) => void;
}): FollowedInvalidations {
  const { store, history, clock, logger, invalidated, invalidatedAll } = options;
  /** Everything up to this count has been heard or read. */
  let lastCount: number | undefined;
  let incarnation: string | undefined;
  /** Only the look of the present link counts. */
  let link = 0;
  let isCaughtUp = false;
  let hasWarned = false;
  let cancelRetry = () => {};

  const catchUp = async (current: number): Promise<void> => {
    try {
      const since =
        lastCount === undefined
          ? { ageMicroseconds: HARD_HISTORY_MS * 1000 }
          : { count: lastCount - OVERLAP_MICROSECONDS };
      const read = await history.after(since);
      if (current !== link) return;
      const hasForgotten = incarnation !== undefined && incarnation !== read.incarnation;
      const isCut = read.floor > (lastCount ?? read.now - HARD_HISTORY_MS * 1000);
      if (hasForgotten || isCut) invalidatedAll('hard');
      const softFrom = lastCount === undefined ? read.now - SOFT_HISTORY_MS * 1000 : 0;
      for (const mode of ['hard', 'soft'] as const) {
        const marks = read.marks.filter((mark) => mark.mode === mode && (mode === 'hard' || mark.count > softFrom));
        invalidated(
          marks.map(({ tag }) => tag),
          mode,
        );
      }
      incarnation = read.incarnation;
      const latest = read.marks.reduce((last, { count }) => Math.max(last, count), lastCount ?? 0);
      lastCount = latest || read.now;
      isCaughtUp = true;
      hasWarned = false;
      logger.info('following invalidations');
    } catch (error) {
      if (current !== link) return;
      if (!hasWarned) logger.warn({ error }, 'the invalidation log could not be read: it is tried again');
      hasWarned = true;
      cancelRetry = clock.after(RETRY_MS, () => void catchUp(current));
    }
  };

  store.open({
    invalidated: (tags, mode, moment) => {
      if (isCaughtUp) {
        lastCount = Math.max(lastCount ?? 0, moment.count);
        incarnation = moment.incarnation;
      }
      invalidated(tags, mode);
    },
    ready: () => {},
    linked: () => {
      link += 1;
      isCaughtUp = false;
      cancelRetry();
      void catchUp(link);
    },
    unlinked: () => {
      link += 1;
      cancelRetry();
      logger.warn('Redis is away: what changes now is purged when it is back');
    },
  });
  return {
    close: () => {
      link += 1;
      cancelRetry();
    },
  };
}
