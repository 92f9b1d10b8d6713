import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Lifetime } from './policy.js';

/** What a load answers. */
export interface Loaded<T> extends Lifetime {
  value: T;
  /** Tags of what was found in the value (`product:42`), beside those given with `get`. */
  tags?: readonly string[];
}

/** Reads the value from its source. What it throws reaches the callers as it is. It should stop when the signal aborts. */
export type Load<T> = (context: { signal: AbortSignal }) => Promise<Loaded<T>>;

/**
 * Runs a load under a time limit of its own, so that one that never settles cannot keep its key for ever. Past the limit its
 * signal aborts and the load counts as failed, whatever it does later.
 */
export function runLoad<T>(
  load: Load<T>,
  options: { signal: AbortSignal; limitMs: number; clock: Clock },
): Promise<Loaded<T>> {
  const { signal, limitMs, clock } = options;
  return new Promise((resolve, reject) => {
    const controller = new AbortController();
    const follow = () => controller.abort(signal.reason);
    if (signal.aborted) follow();
    signal.addEventListener('abort', follow, { once: true });
    const cancel = clock.after(limitMs, () => {
      const error = new AppError('TIMEOUT_ERROR', 'Load took too long', { at: clock.now() });
      reject(error);
      controller.abort(error);
    });
    // A load that throws at once is a failed load like any other.
    const loading = (async () => load({ signal: controller.signal }))();
    loading.then(resolve, reject).finally(() => {
      cancel();
      signal.removeEventListener('abort', follow);
    });
  });
}
