import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestScope } from '../homepage/homepage.js';
import type { OpenScope } from '../homepage/scope.js';
import type { Authenticator } from './auth.js';

/**
 * Opens the scope of an HTTP request, by its token; it is over when the answer is.
 * @throws AppError `UNAUTHENTICATED` for a bad token
 */
export type OpenRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<RequestScope>;

export function createRequestScopes(options: { authenticator: Authenticator; openScope: OpenScope }): OpenRequest {
  const { authenticator, openScope } = options;
  return async (request, reply) => {
    const viewer = await authenticator.viewer(request.headers.authorization);
    const scope = openScope({ logger: request.log, viewer });
    reply.raw.once('close', scope.deadline.dispose);
    return scope;
  };
}
