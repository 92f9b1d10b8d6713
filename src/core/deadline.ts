import { setMaxListeners } from 'node:events';
import type { Clock } from './clock.js';
import { AppError } from './errors.js';

/** The time that a request has; it ends by itself, and must be disposed of when the request is done earlier. */
export interface Deadline {
  /** Aborts when the time is over, with a `TIMEOUT_ERROR` as its reason. */
  readonly signal: AbortSignal;
  dispose(): void;
}

export function createDeadline(options: { clock: Clock; timeoutMs: number }): Deadline {
  const { clock, timeoutMs } = options;
  const controller = new AbortController();
  // Every section of the request listens to it.
  setMaxListeners(0, controller.signal);
  const dispose = clock.after(timeoutMs, () => {
    controller.abort(new AppError('TIMEOUT_ERROR', 'Timed out', { at: clock.now() }));
  });
  return { signal: controller.signal, dispose };
}
