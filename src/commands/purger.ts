import 'reflect-metadata';
import { createInvalidationHistory } from '../cache/redis/invalidation-history.js';
import { createRedisStore } from '../cache/redis/redis-store.js';
import { ConfigError, loadConfig } from '../config/config.js';
import { systemClock } from '../core/clock.js';
import { createLogger } from '../core/logger.js';
import { registry } from '../sections/registry.js';
import { readOptions } from './command-line.js';
import { cacheTagsFor, everyCacheTag } from './purger/cache-tags.js';
import { createCdnCache } from './purger/cdn-caches.js';
import { followInvalidations } from './purger/follow-invalidations.js';
import { createPurgeQueue } from './purger/purge-queue.js';

/** `npm run purger`: tells the caches in front of the gateway what has changed. */
readOptions({
  usage: 'npm run purger',
  description:
    'Follows the invalidations in REDIS_URL and purges what they touch, by Cache-Tag, from the caches of PURGE_TARGETS.',
  options: {},
});

try {
  const { redis, purger, logLevel } = loadConfig();
  const faults = [
    ...(redis === undefined ? ['REDIS_URL: expected, because invalidations are heard from it'] : []),
    ...(purger.targets.length === 0 ? ['PURGE_TARGETS: expected, because these are the caches to purge'] : []),
  ];
  if (redis === undefined || faults.length > 0) throw new ConfigError(faults);
  const logger = createLogger({ level: logLevel, pretty: process.stdout.isTTY });
  const clock = systemClock;
  const queues = purger.targets.map((target) => {
    return createPurgeQueue({ cache: createCdnCache(target, purger), clock, logger });
  });
  const store = createRedisStore({ ...redis, clock, random: Math.random });
  const history = createInvalidationHistory(redis);
  const add = (tags: readonly string[], mode: 'soft' | 'hard') => {
    for (const queue of queues) queue.add(tags, mode);
  };
  const following = followInvalidations({
    ...{ store, history, clock, logger },
    invalidated: (tags, mode) => add(cacheTagsFor(tags, registry), mode),
    invalidatedAll: (mode) => add(everyCacheTag(registry), mode),
  });
  // Timers of the clock keep no process alive, and Redis may be away.
  const alive = setInterval(() => {}, 60_000);
  const stop = () => {
    clearInterval(alive);
    following.close();
    for (const queue of queues) queue.close();
    history.close();
    void store.close();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
