import type { CachePolicy } from '../../core/cache-policy.js';
import type { Clock } from '../../core/clock.js';
import type { Random } from '../../core/random.js';
import { backoffMs } from '../entry.js';

interface Failure {
  /** What the load threw, as it was thrown; undefined when it ended with a degraded value. */
  error: unknown;
  count: number;
  /** Monotonic. */
  at: number;
  luck: number;
}

/** Failed loads, remembered so that a dead source is not asked by every request. */
export interface Failures {
  record(key: string, error: unknown): void;
  clear(key: string): void;
  /**
   * The failure that still stands for this key: the source is not to be asked yet. `hasCopy`: something can be served instead.
   * Without it a load that only was degraded holds up no caller.
   */
  standing(key: string, hasCopy: boolean, policy: CachePolicy): { error: unknown } | undefined;
}

export function createFailures(options: { clock: Clock; random: Random; maxKeys?: number }): Failures {
  const { clock, random, maxKeys = 10_000 } = options;
  const failures = new Map<string, Failure>();

  return {
    record: (key, error) => {
      const count = (failures.get(key)?.count ?? 0) + 1;
      failures.delete(key);
      failures.set(key, { error, count, at: clock.monotonic(), luck: random() });
      const [oldest] = failures.keys();
      if (failures.size > maxKeys && oldest !== undefined) failures.delete(oldest);
    },
    clear: (key) => {
      failures.delete(key);
    },
    standing: (key, hasCopy, policy) => {
      const failure = failures.get(key);
      if (!failure || (!hasCopy && failure.error === undefined)) return undefined;
      const { count, at, luck } = failure;
      return clock.monotonic() < at + backoffMs(count, luck, hasCopy, policy) ? failure : undefined;
    },
  };
}
