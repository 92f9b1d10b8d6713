import { type CacheEvents, createCacheEvents } from '../cache/cache-events.js';
import type { Clock } from '../core/clock.js';
import { createEmitter } from '../core/emitter.js';
import type { Logger } from '../core/logger.js';
import type { PageEventMap, PageEvents } from '../page/page-events.js';
import type { SourceEventMap, SourceEvents } from '../protection/protection-events.js';
import { logCacheEvents } from './cache-log.js';
import { logPageEvents } from './section-log.js';
import { logSourceEvents } from './source-log.js';

/** The events of the cache, the sources and the pages, all of which the log hears. */
export function createLoggedEvents(options: { logger: Logger; clock: Clock }): {
  events: CacheEvents;
  sourceEvents: SourceEvents;
  pageEvents: PageEvents;
} {
  const { logger, clock } = options;
  const events = createCacheEvents();
  logCacheEvents({ events, logger, clock });
  const sourceEvents = createEmitter<SourceEventMap>();
  logSourceEvents({ events: sourceEvents, logger });
  const pageEvents = createEmitter<PageEventMap>();
  logPageEvents({ events: pageEvents, logger, clock });
  return { events, sourceEvents, pageEvents };
}
