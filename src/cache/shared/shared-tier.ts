import type { Clock } from '../../core/clock.js';
import { AppError } from '../../core/errors.js';
import type { CacheEvents } from '../cache-events.js';
import type { SharedStore } from './shared-store.js';

/** What is left of the time that may be waited for the shared tier. */
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
  /**
   * Sends something for whose outcome nobody waits, also to a store that counts as failed: what it says is no news about
   * it. Resolves when it was done or could not be, after a second at most. Never rejects.
   */
  tell(operation: (store: SharedStore) => Promise<unknown>): Promise<void>;
  /** What one request may wait. */
  budget(): WaitBudget;
  /** What may be waited behind the answers. */
  patience(): WaitBudget;
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
  /** The longest that one request waits for the store in all, not counting when this process was busy itself. */
  waitMs?: number;
  /** The longest that is waited for the store behind the answers. */
  patienceMs?: number;
  /** After a failure the store is left alone this long; then one attempt tries it (half-open). */
  downMs?: number;
}

export function createSharedTier(options: SharedTierOptions): SharedTier {
  const { store, clock, events, waitMs = 50, patienceMs = 1000, downMs = 1000 } = options;
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
    tell: (operation) =>
      withinBudget(operation(store), { leftMs: patienceMs }, clock).then(
        () => undefined,
        () => undefined,
      ),
    budget: () => ({ leftMs: waitMs }),
    patience: () => ({ leftMs: patienceMs }),
    attempt: async (operation, budget = { leftMs: waitMs }) => {
      if (!isAvailable() || budget.leftMs <= 0) return undefined;
      const isProbe = downUntil !== undefined;
      if (isProbe) probing = true;
      try {
        const value = await withinBudget(operation(store), budget, clock);
        worked();
        return { value };
      } catch (error) {
        failed(error);
        return undefined;
      } finally {
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

const TICK_MS = 5;

/**
 * The answer, unless the budget is used up first. Waiting is counted in ticks, and one that comes late counts for no more
 * than it should have taken: for the rest of it the process was busy itself and could not have heard the answer, and must
 * not take the store for slow. After the last one it looks at the sockets once more before it gives up.
 */
function withinBudget<T>(answer: Promise<T>, budget: WaitBudget, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const limitMs = budget.leftMs;
    let countedAt = clock.now();
    let cancel = () => {};
    const count = () => {
      const now = clock.now();
      const passedMs = Math.max(0, now - countedAt);
      budget.leftMs = Math.max(0, budget.leftMs - (passedMs < 2 * TICK_MS ? passedMs : TICK_MS));
      countedAt = now;
    };
    const giveUp = () =>
      reject(new AppError('CACHE_ERROR', 'Cache unavailable', { cause: `no answer within ${limitMs} ms` }));
    const tick = () => {
      count();
      if (budget.leftMs > 0) wait();
      else cancel = clock.after(0, giveUp);
    };
    const wait = () => {
      cancel = clock.after(Math.min(TICK_MS, budget.leftMs), tick);
    };
    wait();
    answer.then(resolve, reject).finally(() => {
      cancel();
      count();
    });
  });
}
