import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestScope } from '../homepage/homepage.js';
import type { OpenScope } from '../homepage/scope.js';
import type { Authenticator } from './auth.js';
import { clientTimeoutMs } from './client-timeout.js';

/**
 * Opens the scope of an HTTP request, by its token; it is over when the answer is, or the client leaves.
 * @throws AppError `UNAUTHENTICATED` for a bad token, `VALIDATION_ERROR` for a bad `x-request-timeout-ms`
 */
export type OpenRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<RequestScope>;

export function createRequestScopes(options: { authenticator: Authenticator; openScope: OpenScope }): OpenRequest {
  const { authenticator, openScope } = options;
  return async (request, reply) => {
    const viewer = await authenticator.viewer(request.headers.authorization);
    const scope = openScope({ logger: request.log, viewer, timeoutMs: clientTimeoutMs(request.headers) });
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) scope.deadline.abort(new DOMException('The client has left', 'AbortError'));
      scope.deadline.dispose();
    });
    return scope;
  };
}
