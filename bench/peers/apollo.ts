import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginCacheControl } from '@apollo/server/plugin/cacheControl';
import responseCachePlugin from '@apollo/server-plugin-response-cache';
import { KeyvAdapter } from '@apollo/utils.keyvadapter';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import KeyvRedis from '@keyv/redis';
import fastify from 'fastify';
import Keyv from 'keyv';
import { type StartPeer, userOf } from './peer.js';
import { type Context, createSchema, readDirectly } from './schema.js';

/** The adapter is declared for the CommonJS form of the same keyv. */
type AdaptedKeyv = ConstructorParameters<typeof KeyvAdapter>[0];

/** Apollo Server with its response cache: https://www.apollographql.com/docs/apollo-server/performance/caching */
export const startApollo: StartPeer = async ({ shop, port, ttlSeconds, redisUrl }) => {
  const app = fastify();
  const server = new ApolloServer<Context>({
    schema: createSchema(readDirectly(shop)),
    ...(redisUrl === undefined ? {} : { cache: redisCache(redisUrl) }),
    plugins: [
      fastifyApolloDrainPlugin(app),
      ApolloServerPluginCacheControl({ defaultMaxAge: ttlSeconds }),
      responseCachePlugin({ sessionId: async ({ contextValue }) => contextValue.userId ?? null }),
    ],
  });
  await server.start();
  await app.register(fastifyApollo(server), { context: async ({ headers }) => ({ userId: userOf(headers) }) });
  // The response cache has no way to invalidate.
  app.post('/invalidate', (_, reply) => reply.code(501).send());
  await app.listen({ host: '127.0.0.1', port });
};

const redisCache = (url: string) =>
  new KeyvAdapter<string>(
    new Keyv({ store: new KeyvRedis({ url, disableOfflineQueue: true }) }) as object as AdaptedKeyv,
  );
