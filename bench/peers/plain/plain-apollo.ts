import { ApolloServer } from '@apollo/server';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import fastify from 'fastify';
import { buildSchema } from 'type-graphql';
import type { StartPeer } from '../peer.js';
import { HomepageResolver, type PlainContext } from './plain-homepage.js';
import { EventResolver, OfferResolver, ProductResolver, StoreResolver } from './plain-items.js';

/** An ordinary project: Apollo Server, type-graphql, a DataLoader for each reference of each item, and no cache. */
export const startPlainApollo: StartPeer = async ({ shop, port }) => {
  const app = fastify();
  const server = new ApolloServer<PlainContext>({
    schema: await buildSchema({
      resolvers: [HomepageResolver, ProductResolver, StoreResolver, EventResolver, OfferResolver],
      validate: false,
    }),
    plugins: [fastifyApolloDrainPlugin(app)],
  });
  await server.start();
  await app.register(fastifyApollo(server), {
    context: async () => ({ shop, loaders: shop.createLoaders() }),
  });
  await app.listen({ host: '127.0.0.1', port });
};
