import fastify from 'fastify';
import { Redis } from 'ioredis';
import mercurius from 'mercurius';
import cachePlugin from 'mercurius-cache';
import { type StartPeer, userOf } from './peer.js';
import { sectionKeys } from './peer-shop.js';
import { type Context, createSchema, ownerOf, readDirectly } from './schema.js';

/** A copy past its time is served while it is renewed, and when that fails. */
const STALE_SECONDS = 86_400;

/** mercurius with jit and mercurius-cache: https://github.com/mercurius-js/cache */
export const startMercurius: StartPeer = async ({ shop, port, ttlSeconds, redisUrl }) => {
  const app = fastify();
  await app.register(mercurius, {
    schema: createSchema(readDirectly(shop)),
    jit: 1,
    context: ({ headers }) => ({ userId: userOf(headers) }),
  });
  const redis =
    redisUrl === undefined ? undefined : new Redis(redisUrl, { enableOfflineQueue: false, maxRetriesPerRequest: 1 });
  redis?.on('error', () => undefined);
  await app.register(cachePlugin.default, {
    ttl: ttlSeconds,
    stale: STALE_SECONDS,
    storage:
      redis === undefined
        ? { type: 'memory', options: { size: 1024, invalidation: true } }
        : {
            type: 'redis',
            options: { client: redis, invalidation: { invalidate: true, referencesTTL: STALE_SECONDS } },
          },
    policy: {
      Homepage: Object.fromEntries(
        sectionKeys.map((key) => [
          key,
          {
            references: () => [key],
            extendKey: (_: unknown, __: unknown, context: Context) => ownerOf(key, context),
          },
        ]),
      ),
    },
  });
  app.post('/invalidate', async () => {
    await app.graphql.cache?.invalidate('events');
  });
  await app.listen({ host: '127.0.0.1', port });
};
