import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import type { Logger } from '../../core/logger.js';
import type { Spendings } from '../../redis/spendings.js';
import {
  createWindow,
  fits,
  resetSeconds,
  settle,
  spend,
  spent,
  subWindowAt,
  unreported,
  type Window,
  waitSeconds,
} from './sliding-window.js';

/** The least recently seen client beyond these is forgotten; with Redis its sums come back with its next request. */
export const MAX_CLIENTS = 100_000;
/** How often the processes tell each other, how much at once, and how long they wait after a failure. */
const SYNC_MS = 200;
const SYNC_CLIENTS = 2000;
const RETRY_MS = 1000;
/** A window holds the present sub-window and six before it. */
const HELD_BEFORE = 6;

/** Where a client stands after it was asked for. */
export interface Standing {
  allowed: boolean;
  max: number;
  remaining: number;
  /** Seconds until everything is forgotten, if nothing more is spent. */
  resetSeconds: number;
  /** Seconds until the same passes; 0 when it did. */
  waitSeconds: number;
}

/** Counts what clients spend in a minute. Nothing here waits or throws. */
export interface RateLimiter {
  /** Takes `cost` from a client if that much is left; of what is spent, `taken` is what the same request took before. */
  take(client: string, cost: number, taken?: number): Standing;
  /** How many clients are remembered. */
  readonly size: number;
  stop(): void;
}

/**
 * A sliding window for each client, in this process. With `shared`, what was spent goes to the other processes five times a
 * second, and theirs comes back; while that fails the limit is each process's own, and what was spent is told later.
 */
export function createRateLimiter(options: {
  max: number;
  clock: Clock;
  logger: Logger;
  shared?: Spendings | undefined;
  maxClients?: number;
}): RateLimiter {
  const { max, clock, logger, shared, maxClients = MAX_CLIENTS } = options;
  /** Clients with something to tell. */
  const untold = new Set<string>();
  const windows = new LRUCache<string, Window>({
    max: maxClients,
    dispose: (_window, client) => untold.delete(client),
  });
  let cancel: (() => void) | undefined;
  let stopped = false;

  /** @returns whether the others could be told */
  const sync = async (): Promise<boolean> => {
    const now = clock.now();
    const round: { client: string; window: Window; counts: Map<number, number> }[] = [];
    for (const client of untold) {
      if (round.length === SYNC_CLIENTS) break;
      const window = windows.peek(client);
      const counts = window === undefined ? new Map<number, number>() : unreported(window, now);
      untold.delete(client);
      if (window !== undefined && counts.size > 0) round.push({ client, window, counts });
    }
    if (shared === undefined || round.length === 0) return true;
    const from = subWindowAt(now) - HELD_BEFORE;
    try {
      const sums = await shared.spend(round.map(({ client, counts }) => ({ client, counts, from })));
      for (const [index, { window, counts }] of round.entries()) settle(window, counts, sums[index] ?? new Map());
      return true;
    } catch (error) {
      logger.debug({ error }, 'rate limits are not shared');
      for (const { client, window } of round) if (windows.peek(client) === window) untold.add(client);
      return false;
    }
  };
  const plan = (delayMs: number): void => {
    cancel ??= clock.after(delayMs, () => {
      void sync().then((told) => {
        cancel = undefined;
        if (!stopped && untold.size > 0) plan(told ? SYNC_MS : RETRY_MS);
      });
    });
  };

  return {
    take: (client, cost, taken = 0) => {
      const now = clock.now();
      const window = windows.get(client) ?? createWindow();
      const used = spent(window, now);
      const allowed = cost === 0 || (taken > 0 && used <= taken) || fits(used, max, cost);
      if (allowed) {
        spend(window, now, cost);
        windows.set(client, window);
        if (shared !== undefined && !stopped) {
          untold.add(client);
          plan(SYNC_MS);
        }
      }
      return {
        allowed,
        max,
        remaining: Math.max(Math.floor(max - used - (allowed ? cost : 0)), 0),
        resetSeconds: resetSeconds(window, now),
        waitSeconds: allowed ? 0 : waitSeconds(window, now, max, cost + taken),
      };
    },
    get size() {
      return windows.size;
    },
    stop: () => {
      stopped = true;
      cancel?.();
    },
  };
}
