import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { Redis } from 'ioredis';
import type { StartPeer } from './peer.js';
import { createSchema, ownerOf } from './schema.js';
import { serveYoga } from './yoga.js';

/** Yoga whose sections are kept by bentocache, with what it has against failures: https://bentocache.dev/docs/introduction */
export const startBento: StartPeer = async ({ shop, port, ttlSeconds, redisUrl }) => {
  const memory = bentostore().useL1Layer(memoryDriver({ maxSize: '64mb' }));
  const connection =
    redisUrl === undefined ? undefined : new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  connection?.on('error', () => undefined);
  const store =
    connection === undefined
      ? memory
      : memory
          .useL2Layer(redisDriver({ connection }))
          .useBus(redisBusDriver({ connection: { host: '127.0.0.1', port: connection.options.port ?? 6379 } }));
  const bento = new BentoCache({
    ...{ default: 'sections', stores: { sections: store } },
    ttl: `${ttlSeconds}s`,
    grace: '24h',
    graceBackoff: '1s',
    timeout: '200ms',
    hardTimeout: '10s',
  });
  await serveYoga({
    schema: createSchema((key, limit, context) => {
      const userId = ownerOf(key, context);
      return bento.getOrSet({
        key: `${key}:${limit}:${userId ?? 'anonymous'}`,
        tags: [key],
        factory: () => shop.section(key, { limit, userId }),
      });
    }),
    port,
    plugins: [],
    invalidate: () => bento.deleteByTag({ tags: ['events'] }),
  });
};
