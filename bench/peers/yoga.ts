import { createServer, type RequestListener } from 'node:http';
import { createInMemoryCache, useResponseCache } from '@graphql-yoga/plugin-response-cache';
import type { GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import { type StartPeer, USER_HEADER } from './peer.js';
import { createSchema, readDirectly } from './schema.js';

/** GraphQL Yoga with its response cache: https://the-guild.dev/graphql/yoga-server/docs/features/response-caching */
export const startYoga: StartPeer = async ({ shop, port, ttlSeconds }) => {
  const cache = createInMemoryCache();
  const plugin = useResponseCache({
    session: (request) => request.headers.get(USER_HEADER),
    ttl: ttlSeconds * 1000,
    cache,
  });
  await serveYoga({
    schema: createSchema(readDirectly(shop)),
    port,
    plugins: [plugin],
    invalidate: async () => cache.invalidate([{ typename: 'Event' }]),
  });
};

/** Yoga on node:http, with a route that invalidates. */
export async function serveYoga(options: {
  schema: GraphQLSchema;
  port: number;
  plugins: Plugin[];
  invalidate: () => Promise<unknown>;
}): Promise<void> {
  const { schema, port, plugins, invalidate } = options;
  const yoga = createYoga({
    ...{ schema, plugins, logging: false, graphiql: false, landingPage: false },
    context: ({ request }) => ({ userId: request.headers.get(USER_HEADER) ?? undefined }),
  });
  const listener: RequestListener = (request, response) => {
    if (request.url === '/invalidate') void invalidate().then(() => response.end());
    else void yoga(request, response);
  };
  await new Promise<void>((resolve) => createServer(listener).listen(port, '127.0.0.1', resolve));
}
