import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { AppError } from '../core/errors.js';
import type { GraphqlContext } from '../graphql/context.js';
import type { Homepage, RequestScope } from '../homepage/homepage.js';
import { cacheHeaders, privateHeaders } from './cache-headers.js';
import type { Charge } from './rate-limit/hook.js';
import type { OpenRequest } from './request-scope.js';

/** `POST` and `GET /graphql`. */
export function graphqlRoute(
  server: FastifyInstance,
  options: {
    apollo: ApolloServer<GraphqlContext>;
    homepage: Homepage;
    openRequest: OpenRequest;
    charge: Charge;
    batchEndpoint: boolean;
  },
): void {
  const { apollo, homepage, openRequest, charge, batchEndpoint } = options;
  const scopes = new WeakMap<FastifyRequest, RequestScope>();
  const serve = fastifyApolloHandler(apollo, {
    context: async (request, reply) => {
      const scope = await openRequest(request, reply).catch((error) => {
        throw asHttpError(error);
      });
      scopes.set(request, scope);
      if (scope.viewer !== undefined) reply.headers(privateHeaders);
      return { homepage, scope, batchEndpoint, charge: (cost) => charge(request, reply, cost) };
    },
  });
  server.route({
    method: ['GET', 'POST', 'OPTIONS'],
    url: '/graphql',
    handler: async (request, reply) => {
      const body: unknown = await serve.call(server, request, reply);
      const scope = scopes.get(request);
      if (request.method === 'GET' && reply.statusCode === 200 && scope !== undefined && typeof body === 'string') {
        reply.headers(cacheHeaders({ scope, registry: homepage.registry, content: JSON.parse(body) }));
      }
      return body;
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
