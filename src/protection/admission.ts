import { AppError } from '../core/errors.js';
import type { ShedReason, SourceEvents } from './protection-events.js';

/** Waits for sections at once: far more than a process answers in time, and still bounded in memory. */
const MAX_WAITING = 10_000;

/**
 * Admits one wait for a section that memory does not hold; the function that it returns ends the wait.
 * @throws AppError `OVERLOADED` when too many wait already, or the event loop lags
 */
export type Admit = () => () => void;

/** Sheds load only where a request would have to wait: answers from memory are never refused. */
export function createAdmission(options: {
  /** Whether timers fire so late that a wait would not end in time. */
  isLagging: () => boolean;
  events: SourceEvents;
  maxWaiting?: number;
}): Admit {
  const { isLagging, events, maxWaiting = MAX_WAITING } = options;
  let waiting = 0;
  const refuse = (reason: ShedReason): never => {
    events.emit('shed', { reason });
    throw new AppError('OVERLOADED', 'The gateway is overloaded');
  };
  return () => {
    if (waiting >= maxWaiting) refuse('waiting');
    if (isLagging()) refuse('event-loop');
    waiting += 1;
    return () => {
      waiting -= 1;
    };
  };
}
