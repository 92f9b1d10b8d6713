import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import type { ApolloServer } from '@apollo/server';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { AppError } from '../../core/errors.js';
import type { GraphqlContext } from '../../graphql/context.js';
import type { PersistedOperations } from '../../graphql/operations/persisted-operations.js';
import type { OperationRequest } from '../../graphql/operations/prepare-page.js';
import type { Homepage, RequestScope } from '../../page/homepage.js';
import { cacheHeaders, privateHeaders } from '../hooks/cache-headers.js';
import { graphqlContent } from '../hooks/etag-content.js';
import { landingPageHeaders } from '../hooks/security-headers.js';
import type { Charge } from '../rate-limit/rate-limit-hook.js';
import { forApollo } from './apollo-request.js';
import { checkGraphqlRequest, readGraphqlRequest } from './graphql-request.js';
import type { OpenRequest } from './open-request.js';

/** What the route knows of the short way: it gives back bodies, and learns operations. */
export interface GraphqlShortWay {
  keptBody(request: IncomingMessage): Readable | undefined;
  learn(request: IncomingMessage, operation: OperationRequest, cost: number): void;
}

/** `POST` and `GET /graphql`, answered by Apollo Server. */
export function graphqlRoute(
  server: FastifyInstance,
  options: {
    apollo: ApolloServer<GraphqlContext>;
    homepage: Homepage;
    openRequest: OpenRequest;
    charge: Charge;
    persisted: PersistedOperations;
    shortWay: GraphqlShortWay | undefined;
  },
): void {
  const { apollo, homepage, openRequest, charge, persisted, shortWay } = options;
  const serve = async (request: FastifyRequest, reply: FastifyReply) => {
    let scope: RequestScope | undefined;
    const asked = readGraphqlRequest(request);
    const handle = fastifyApolloHandler(apollo, {
      context: async () => {
        try {
          scope = await openRequest(request, reply);
          checkGraphqlRequest(asked);
          persisted.admit(asked);
        } catch (error) {
          throw asHttpError(error);
        }
        if (scope.viewer !== undefined) reply.headers(privateHeaders);
        let cost = 1;
        return {
          homepage,
          scope,
          charge: (total) => {
            cost = total;
            charge(request, reply, total);
          },
          executed: (operation) => shortWay?.learn(request.raw, operation, cost),
        };
      },
    });
    const body: unknown = await handle.call(server, forApollo(request, asked), reply);
    if (typeof body !== 'string') return body;
    if (String(reply.getHeader('content-type')).startsWith('text/html')) {
      return reply.headers(landingPageHeaders(body)).send(body);
    }
    if (request.method !== 'POST' && reply.statusCode === 200 && scope !== undefined) {
      reply.headers(cacheHeaders({ scope, registry: homepage.registry, content: graphqlContent(body) }));
    }
    return body;
  };
  server.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    handler: serve,
    // The short way may have read the body before it handed the request on.
    preParsing: (request, _reply, payload, done) => done(null, shortWay?.keptBody(request.raw) ?? payload),
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
