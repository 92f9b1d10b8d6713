import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { CacheEvents } from './events.js';
import type { SharedStore } from './shared-store.js';

/** What is left of the time that one request may wait for the shared tier. */
export interface WaitBudget {
  leftMs: number;
}

/** The shared tier as the engine sees it: it answers in time or it is not there. */
export interface SharedTier {
  /**
   * The one place that decides what a failure of the shared store means. Answers `undefined` when the store fails, does not
   * answer within what is left of the budget, or is not asked at all because it failed a moment ago. Never rejects.
   */
  attempt<T>(operation: (store: SharedStore) => Promise<T>, budget?: WaitBudget): Promise<{ value: T } | undefined>;
  budget(): WaitBudget;
  /** Whether an attempt made now would ask the store. */
  readonly available: boolean;
  /** Number of the present link, on which every message is heard; 0 while there is none. */
  readonly session: number;
  /** How many links there have been: what was found out on an earlier one says nothing to a caller who asks on a later one. */
  readonly links: number;
  linked(): void;
  unlinked(): void;
}

export interface SharedTierOptions {
  store: SharedStore;
  clock: Clock;
  events: CacheEvents;
  /** The longest that one request waits for the store in all. */
  waitMs?: number;
  /** After a failure the store is left alone this long; then one attempt tries it (half-open). */
  downMs?: number;
}

export function createSharedTier(options: SharedTierOptions): SharedTier {
  const { store, clock, events, waitMs = 50, downMs = 1000 } = options;
  let downUntil: number | undefined;
  let probing = false;
  let links = 0;
  let session = 0;

  const isAvailable = () => downUntil === undefined || (!probing && clock.now() >= downUntil);

  const failed = (error: unknown) => {
    if (downUntil === undefined) events.emit('tierDown', { error });
    downUntil = clock.now() + downMs;
  };

  const worked = () => {
    if (downUntil === undefined) return;
    downUntil = undefined;
    // Messages may have been late while it was down: copies in memory are verified again before they are trusted.
    if (session !== 0) session = ++links;
    events.emit('tierUp', {});
  };

  return {
    get available() {
      return isAvailable();
    },
    get session() {
      return session;
    },
    get links() {
      return links;
    },
    budget: () => ({ leftMs: waitMs }),
    attempt: async (operation, budget = { leftMs: waitMs }) => {
      if (!isAvailable() || budget.leftMs <= 0) return undefined;
      const isProbe = downUntil !== undefined;
      if (isProbe) probing = true;
      const startedAt = clock.now();
      try {
        const value = await withinTime(operation(store), budget.leftMs, clock);
        worked();
        return { value };
      } catch (error) {
        failed(error);
        return undefined;
      } finally {
        budget.leftMs = Math.max(0, budget.leftMs - (clock.now() - startedAt));
        if (isProbe) probing = false;
      }
    },
    linked: () => {
      session = ++links;
      worked();
    },
    unlinked: () => {
      session = 0;
    },
  };
}

function withinTime<T>(answer: Promise<T>, limitMs: number, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(limitMs, () =>
      // After the next look at the sockets: a process that was busy for so long itself may have the answer already.
      clock.after(0, () =>
        reject(new AppError('CACHE_ERROR', 'Cache unavailable', { cause: `no answer within ${limitMs} ms` })),
      ),
    );
    answer.then(resolve, reject).finally(cancel);
  });
}
