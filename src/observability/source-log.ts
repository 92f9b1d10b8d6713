import type { Logger } from '../core/logger.js';
import type { SourceEvents } from '../protection/protection-events.js';

/** Logs the sources' events: a breaker that opens at WARN and its closing at INFO, a shed load at DEBUG. */
export function logSourceEvents(options: { events: SourceEvents; logger: Logger }): void {
  const { events, logger } = options;
  events.on('breaker', ({ label, state }) => {
    logger[state === 'open' ? 'warn' : 'info']({ section: label, state }, 'breaker');
  });
  events.on('shed', ({ reason, label }) => logger.debug({ section: label, reason }, 'load shed'));
}
