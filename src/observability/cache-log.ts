import type { CacheEvents } from '../cache/cache-events.js';
import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { createFailureLog } from './failure-log.js';

/** Writes what the cache tells: its operations at DEBUG, loads that begin to fail and a tier that goes or comes at WARN or INFO. */
export function logCacheEvents(options: { events: CacheEvents; logger: Logger; clock: Clock }): void {
  const { events, logger, clock } = options;
  const loads = createFailureLog({ clock, logger, message: 'cache load failed' });
  for (const name of ['hit', 'miss', 'stale', 'load', 'leaseWon', 'leaseLost', 'invalidation'] as const) {
    events.on(name, (event) => logger.debug(event, `cache ${name}`));
  }
  events.on('failure', ({ label, error, stage }) => {
    const code = error instanceof AppError ? error.code : error instanceof Error ? error.name : 'unknown';
    // A section that fails with it has the error's stack in its own line.
    loads.failed({ subject: label, code, logger, details: { stage, reason: String(error) } });
  });
  events.on('corrupt', (event) => logger.warn(event, 'cache entry in Redis could not be read'));
  events.on('tierDown', ({ error }) => logger.warn({ error }, 'Redis is away: process memory alone serves'));
  events.on('tierUp', () => logger.info('Redis is back'));
}
