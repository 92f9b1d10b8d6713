import type { Cache } from '../../../src/cache/cache.js';
import { runLoad } from '../../../src/cache/loading/run-load.js';
import type { Clock } from '../../../src/core/clock.js';

/** A cache that keeps nothing, for tests of what stands behind it. */
export function createNoCache(options: { clock: Clock; loadLimitMs: number }): Cache {
  const { clock, loadLimitMs } = options;
  return {
    get: async (_key, { load, signal, policy, fresh = false }) => {
      const readAt = clock.now();
      const own = signal ?? new AbortController().signal;
      const { value } = await runLoad(load, { signal: own, fresh, limitMs: loadLimitMs, clock });
      return {
        value,
        status: 'FRESH',
        readAt,
        ageMs: 0,
        freshForMs: policy?.freshMs ?? 0,
        staleForMs: policy?.staleMs ?? 0,
      };
    },
    present: () => undefined,
    look: () => undefined,
    invalidate: async () => ({ shared: true }),
    parts: { take: async () => new Map(), begin: () => () => {} },
    states: () => ({}),
    shared: () => 'none',
    start: () => undefined,
    close: async () => undefined,
  };
}
