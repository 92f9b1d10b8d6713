import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { PageEvents } from '../page/page-events.js';
import { createFailureLog } from './failure-log.js';

/** Writes that a section fails when it begins to, by the first request's logger, and then only how often. */
export function logPageEvents(options: { events: PageEvents; logger: Logger; clock: Clock }): void {
  const { events, logger, clock } = options;
  const log = createFailureLog({ clock, logger, message: 'section failed' });
  events.on('sectionFailed', ({ section, code, cause, logger: own }) =>
    log.failed({ subject: section, code, logger: own, details: { error: cause } }),
  );
}
