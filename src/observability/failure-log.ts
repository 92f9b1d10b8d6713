import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';

/** Milliseconds between two lines about something that goes on failing, and without a failure until it is over. */
const COUNT_MS = 10_000;

/** Writes about failures that may come with every request. */
export interface FailureLog {
  /** A failure of `code`, in `subject`; the line has `details`, and goes to `logger` when it is a change of state. */
  failed(failure: { subject: string; code: string; logger: Logger; details: object }): void;
}

/**
 * One WARN line when something begins to fail, or fails in another way; then every 10 s a count of the failures since; one
 * INFO line when there were none for 10 s. `message` begins each of them.
 */
export function createFailureLog(options: { clock: Clock; logger: Logger; message: string }): FailureLog {
  const { clock, logger, message } = options;
  const failing = new Map<string, { code: string; failures: number }>();

  const countLater = (subject: string): void => {
    clock.after(COUNT_MS, () => {
      const state = failing.get(subject);
      if (state === undefined) return;
      const { code, failures } = state;
      if (failures === 0) {
        failing.delete(subject);
        logger.info({ section: subject, code }, `${message}: no more`);
        return;
      }
      state.failures = 0;
      logger.warn({ section: subject, code, failures }, `${message}: still`);
      countLater(subject);
    });
  };

  return {
    failed: ({ subject, code, logger: own, details }) => {
      const state = failing.get(subject);
      if (state?.code === code) {
        state.failures += 1;
        return;
      }
      failing.set(subject, { code, failures: state?.failures ?? 0 });
      own.warn({ section: subject, code, ...details }, message);
      if (state === undefined) countLater(subject);
    },
  };
}
