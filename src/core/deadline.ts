import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';
import { AppError } from './errors.js';

/** The time that some work has; it ends by itself, and must be disposed of when the work is done earlier. */
export interface Deadline {
  /** Aborts when the time is over, with a `TIMEOUT_ERROR` as its reason, or as `within` does. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left, 0 when the time is over. */
  remainingMs(): number;
  /** Ends it before its time, for a reason of its own: nobody waits any longer. */
  abort(reason: unknown): void;
  dispose(): void;
}

/**
 * `timeoutMs` from now on, and no longer than the deadline that it is `within`: so a request has one deadline, whatever
 * parts of it have less time.
 */
export function createDeadline(options: { clock: Clock; timeoutMs: number; within?: Deadline }): Deadline {
  const { clock, timeoutMs, within } = options;
  const controller = new AbortController();
  // Every section of the request listens to it.
  setMaxListeners(0, controller.signal);
  const endsAt = clock.monotonic() + Math.min(timeoutMs, within?.remainingMs() ?? timeoutMs);
  const cancel = clock.after(endsAt - clock.monotonic(), () => {
    controller.abort(new AppError('TIMEOUT_ERROR', 'Timed out', { at: clock.now() }));
  });
  const follow = () => controller.abort(within?.signal.reason);
  if (within?.signal.aborted) follow();
  else within?.signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endsAt - clock.monotonic()),
    abort: (reason) => controller.abort(reason),
    dispose: () => {
      cancel();
      within?.signal.removeEventListener('abort', follow);
    },
  };
}
