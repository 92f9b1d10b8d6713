import type { ApolloServer } from '@apollo/server';
import fastifyApollo from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import { GraphQLError } from 'graphql';
import { AppError } from '../core/errors.js';
import type { GraphqlContext } from '../graphql/context.js';
import type { Homepage } from '../homepage/homepage.js';
import type { OpenScope } from './request-scope.js';

/** `POST` and `GET /graphql`. */
export async function graphqlRoute(
  server: FastifyInstance,
  options: { apollo: ApolloServer<GraphqlContext>; homepage: Homepage; openScope: OpenScope; batchEndpoint: boolean },
): Promise<void> {
  const { apollo, homepage, openScope, batchEndpoint } = options;
  await server.register(fastifyApollo(apollo), {
    path: '/graphql',
    context: async (request, reply) => {
      const scope = await openScope(request).catch((error) => {
        throw asHttpError(error);
      });
      if (scope.viewer !== undefined) reply.header('cache-control', 'private, no-store');
      return { homepage, scope, batchEndpoint };
    },
  });
}

/** A request that is refused before anything is executed has its HTTP status, in GraphQL as in REST. */
function asHttpError(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { ...error.extensions, http: { status: error.status } },
  });
}
