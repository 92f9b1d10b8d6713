import type { Clock } from './clock.js';
import { AppError } from './errors.js';

/** The time that a piece of work has; it ends by itself, and must be disposed of when the work is done earlier. */
export interface Deadline {
  /** Aborts when the time is over, with a `TIMEOUT_ERROR` as its reason. */
  readonly signal: AbortSignal;
  /** Milliseconds left, never below 1: MongoDB takes a `maxTimeMS` of 0 for "no limit". */
  remainingMs(): number;
  /** Answers what `work` answers, or rejects when the time is over, even if `work` never stops. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** A deadline within this one, `timeoutMs` from now at the latest. */
  within(timeoutMs: number): Deadline;
  dispose(): void;
}

export function createDeadline(options: { clock: Clock; timeoutMs: number; parent?: AbortSignal }): Deadline {
  const { clock, timeoutMs, parent } = options;
  const controller = new AbortController();
  const endsAt = clock.now() + timeoutMs;
  const cancel = clock.after(timeoutMs, () => {
    controller.abort(new AppError('TIMEOUT_ERROR', 'Timed out', { at: clock.now() }));
  });
  const signal = parent === undefined ? controller.signal : AbortSignal.any([parent, controller.signal]);
  const remainingMs = () => Math.max(1, Math.floor(endsAt - clock.now()));
  return {
    signal,
    remainingMs,
    run: (work) =>
      new Promise((resolve, reject) => {
        const abandon = () => reject(signal.reason);
        if (signal.aborted) return abandon();
        signal.addEventListener('abort', abandon, { once: true });
        work()
          .then(resolve, reject)
          .finally(() => signal.removeEventListener('abort', abandon));
      }),
    within: (innerMs) => createDeadline({ clock, timeoutMs: Math.min(innerMs, remainingMs()), parent: signal }),
    dispose: cancel,
  };
}
