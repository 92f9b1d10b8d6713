import type { CacheEvents } from '../cache/cache-events.js';
import type { Logger } from '../core/logger.js';

/** Logs the cache's events: operations at DEBUG, a tier that fails at WARN and its recovery at INFO. */
export function logCacheEvents(options: { events: CacheEvents; logger: Logger }): void {
  const { events, logger } = options;
  for (const name of ['hit', 'miss', 'stale', 'load', 'leaseWon', 'leaseLost', 'invalidation'] as const) {
    events.on(name, (event) => logger.debug(event, `cache ${name}`));
  }
  events.on('failure', ({ label, error, stage }) => logger.warn({ section: label, stage, error }, 'cache load failed'));
  events.on('corrupt', (event) => logger.warn(event, 'cache entry in Redis could not be read'));
  events.on('tierDown', ({ error }) => logger.warn({ error }, 'Redis is away: process memory alone serves'));
  events.on('tierUp', () => logger.info('Redis is back'));
}
