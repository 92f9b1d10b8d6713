import { AppError } from '../core/errors.js';
import type { ShedReason, SourceEvents } from './protection-events.js';

/** Sections that may be waited for at once: a few hundred pages of memory, far more than a process gets through in time. */
const MAX_WAITING = 10_000;

/**
 * Lets somebody wait for a section that no copy can answer; the answer ends the wait.
 * @throws AppError `OVERLOADED` when so many wait already, or the event loop lags, that a wait would come to nothing
 */
export type Admit = () => () => void;

/** Sheds load where it costs: what is in memory is served whatever the load. */
export function createAdmission(options: {
  /** Whether timers come so late that nothing is answered in time. */
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
