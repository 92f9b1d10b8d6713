import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';
import { AppError } from './errors.js';

/**
 * The time that some work has. It ends by itself, and must be disposed of when the work is done earlier. Until `signal` is read
 * it is only a number: no timer runs for work that never has to wait.
 */
export interface Deadline {
  /** Aborts with a `TIMEOUT_ERROR` when the time is over, or with the outer deadline's reason when that one ends first. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 when the time is over. */
  remainingMs(): number;
  /** Ends it before its time, with a reason of the caller's: the client has left. */
  abort(reason: unknown): void;
  dispose(): void;
}

/** A deadline `timeoutMs` from now, and no later than the deadline that it is `within`. */
export function createDeadline(options: { clock: Clock; timeoutMs: number; within?: Deadline }): Deadline {
  const { clock, timeoutMs, within } = options;
  const endsAt = clock.monotonic() + Math.min(timeoutMs, within?.remainingMs() ?? timeoutMs);
  let controller: AbortController | undefined;
  let aborted: { reason: unknown } | undefined;
  let disposed = false;
  let cancelTimer = () => {};

  const abort = (reason: unknown) => {
    aborted ??= { reason };
    controller?.abort(reason);
  };
  const follow = () => abort(within?.signal.reason);
  const start = (): AbortController => {
    const started = new AbortController();
    controller = started;
    // Every section of the request listens to it.
    setMaxListeners(0, started.signal);
    if (aborted !== undefined) started.abort(aborted.reason);
    else if (!disposed) {
      cancelTimer = clock.after(Math.max(0, endsAt - clock.monotonic()), () => {
        abort(new AppError('TIMEOUT_ERROR', 'Timed out', { at: clock.now() }));
      });
      if (within?.signal.aborted) follow();
      else within?.signal.addEventListener('abort', follow, { once: true });
    }
    return started;
  };

  return {
    get signal() {
      return (controller ?? start()).signal;
    },
    remainingMs: () => Math.max(0, endsAt - clock.monotonic()),
    abort,
    dispose: () => {
      disposed = true;
      if (controller === undefined) return;
      cancelTimer();
      within?.signal.removeEventListener('abort', follow);
    },
  };
}
