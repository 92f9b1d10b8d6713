import type { Clock } from '../../core/clock.js';
import { createDeadline } from '../../core/deadline.js';
import type { Lifetime } from '../entry.js';

/** What a load answers. */
export interface Loaded<T> extends Lifetime {
  value: T;
  /** Tags of what was found in the value (`product:42`), beside those given with `get`. */
  tags?: readonly string[];
}

/** How long a load may go on. */
export interface LoadContext {
  /** Aborts when the last caller has left, or when its time is over: then with a `TIMEOUT_ERROR`. */
  signal: AbortSignal;
  /** Milliseconds that are left of its time. */
  remainingMs(): number;
  /** Everything in the value has to be read anew: a caller has asked for fresh data. */
  fresh: boolean;
}

/** Reads the value from its source. What it throws reaches the callers as it is. It should stop when the signal aborts. */
export type Load<T> = (context: LoadContext) => Promise<Loaded<T>>;

/**
 * Runs a load under a time limit of its own, so that one that never settles cannot keep its key for ever. Past the limit its
 * signal aborts and the load counts as failed, also when it ends well later.
 */
export function runLoad<T>(
  load: Load<T>,
  options: { signal: AbortSignal; fresh: boolean; limitMs: number; clock: Clock },
): Promise<Loaded<T>> {
  const { signal, fresh, limitMs, clock } = options;
  return new Promise((resolve, reject) => {
    const deadline = createDeadline({ clock, timeoutMs: limitMs });
    const leave = () => deadline.abort(signal.reason);
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    // Not every load listens: past its time it has failed, also when it ends well later.
    deadline.signal.addEventListener('abort', () => signal.aborted || reject(deadline.signal.reason), { once: true });
    // A load that throws at once is a failed load like any other.
    const loading = (async () => load({ signal: deadline.signal, remainingMs: deadline.remainingMs, fresh }))();
    loading.then(resolve, reject).finally(() => {
      deadline.dispose();
      signal.removeEventListener('abort', leave);
    });
  });
}
