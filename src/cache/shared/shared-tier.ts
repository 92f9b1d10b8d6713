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
   * For requests. Answers `undefined` when the store fails, does not answer within what is left of the budget, or is not asked
   * because it is away. Never rejects.
   */
  attempt<T>(operation: (store: SharedStore) => Promise<T>, budget: WaitBudget): Promise<{ value: T } | undefined>;
  /**
   * For work that no request waits for, also while the store is away: it has a second. That it succeeds late says nothing about
   * whether the store is away; that it succeeds in time ends that. Answers `undefined` when it failed. Never rejects.
   */
  send<T>(operation: (store: SharedStore) => Promise<T>): Promise<{ value: T } | undefined>;
  /** Messages arrive on a new link: the store is tried again at once. */
  linked(): void;
  /** What one request may wait for the store in all. */
  requestBudget(): WaitBudget;
  /** Whether an attempt made now would ask the store. */
  readonly available: boolean;
}

export interface SharedTierOptions {
  store: SharedStore;
  clock: Clock;
  events: CacheEvents;
  /** The longest that one request waits for the store in all, not counting when this process was busy itself. */
  waitMs: number;
  /** The longest that is waited for the store behind the answers. */
  backgroundMs?: number;
  /** After a failure the store is left alone this long; then one attempt tries it (half-open). */
  downMs: number;
}

/**
 * The one place that decides whether the shared store is away. It is from a request's failure or late answer on, and until an
 * answer comes within `waitMs`, to a request or behind the answers, or a new link stands.
 */
export function createSharedTier(options: SharedTierOptions): SharedTier {
  const { store, clock, events, waitMs, backgroundMs = 1000, downMs } = options;
  let downUntil: number | undefined;
  let probing = false;

  const isAvailable = () => downUntil === undefined || (!probing && clock.monotonic() >= downUntil);

  const failed = (error: unknown) => {
    const wasUp = downUntil === undefined;
    downUntil = clock.monotonic() + downMs;
    if (wasUp) events.emit('tierDown', { error });
  };

  const worked = () => {
    if (downUntil === undefined) return;
    downUntil = undefined;
    events.emit('tierUp', {});
  };

  return {
    get available() {
      return isAvailable();
    },
    linked: worked,
    requestBudget: () => ({ leftMs: waitMs }),
    attempt: async (operation, budget) => {
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
    send: async (operation) => {
      const budget = { leftMs: backgroundMs };
      try {
        const value = await withinBudget(operation(store), budget, clock);
        if (backgroundMs - budget.leftMs <= waitMs) worked();
        return { value };
      } catch (error) {
        // The wait before the next attempt counts from what requests have found out.
        if (downUntil === undefined) failed(error);
        return undefined;
      }
    },
  };
}

/** How often the time is looked at while a request waits, and behind the answers. */
const TICK_MS = 5;
const BACKGROUND_TICK_MS = 50;

/**
 * The answer, unless the budget is used up first. Waiting is counted in ticks, and one that comes late counts for no more
 * than it should have taken: for the rest of it the process was busy itself and could not have heard the answer, and must
 * not take the store for slow. After the last one it looks at the sockets once more before it gives up.
 */
function withinBudget<T>(answer: Promise<T>, budget: WaitBudget, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const limitMs = budget.leftMs;
    const tickMs = limitMs > 10 * BACKGROUND_TICK_MS ? BACKGROUND_TICK_MS : TICK_MS;
    let countedAt = clock.monotonic();
    let cancel = () => {};
    const count = () => {
      const now = clock.monotonic();
      const passedMs = now - countedAt;
      budget.leftMs = Math.max(0, budget.leftMs - (passedMs < 2 * tickMs ? passedMs : tickMs));
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
      cancel = clock.after(Math.min(tickMs, budget.leftMs), tick);
    };
    wait();
    // Counted before the answer goes on: the caller reads next what is left of the budget.
    const end = () => {
      cancel();
      count();
    };
    answer.then(
      (value) => {
        end();
        resolve(value);
      },
      (error: unknown) => {
        end();
        reject(error);
      },
    );
  });
}
