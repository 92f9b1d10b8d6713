import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';
import { AppError } from './errors.js';

/** A bound in time for some work, with the signal that ends it. Dispose of it when the work is done, or its timer stays. */
export interface Deadline {
  /** Aborts with a `TIMEOUT_ERROR` when the time is over, or with the outer deadline's reason when that one ends first. */
  readonly signal: AbortSignal;
  /** Milliseconds that are left; 0 when the time is over. */
  remainingMs(): number;
  /** Ends it before its time, with another reason: no caller waits for the work any longer. */
  abort(reason: unknown): void;
  dispose(): void;
}

/** A deadline `timeoutMs` from now, or at the end of the deadline that it is `within` when that comes first. */
export function createDeadline(options: { clock: Clock; timeoutMs: number; within?: Deadline }): Deadline {
  const { clock, timeoutMs, within } = options;
  const controller = new AbortController();
  // Every section of a request listens to its deadline: more than Node's default of ten listeners is no leak.
  setMaxListeners(0, controller.signal);
  const endsAt = clock.now() + Math.min(timeoutMs, within?.remainingMs() ?? timeoutMs);
  const cancel = clock.after(endsAt - clock.now(), () => {
    controller.abort(new AppError('TIMEOUT_ERROR', 'Timed out', { at: clock.now() }));
  });
  const follow = () => controller.abort(within?.signal.reason);
  if (within?.signal.aborted) follow();
  else within?.signal.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, endsAt - clock.now()),
    abort: (reason) => controller.abort(reason),
    dispose: () => {
      cancel();
      within?.signal.removeEventListener('abort', follow);
    },
  };
}
