import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError, RETRY_AFTER_SECONDS } from '../../core/errors.js';
import { FRESH_COST } from '../../graphql/limits/complexity.js';
import type { RequestScope } from '../../page/homepage.js';
import type { OpenScope } from '../../page/request-scope.js';
import type { ViewerOf } from '../auth/viewers.js';
import { rememberScope } from '../hooks/answered.js';
import type { Charge } from '../rate-limit/rate-limit-hook.js';
import { clientTimeoutMs } from './client-timeout.js';

/**
 * Opens the scope of an HTTP request for the viewer of its token. The scope ends with the answer, or when the client closes
 * its connection. `fresh`: the request reads through every cache, which costs more of the rate limit.
 * @throws AppError `UNAUTHENTICATED` for a bad token, `SERVICE_UNAVAILABLE` when it cannot be verified, `RATE_LIMITED`,
 * `VALIDATION_ERROR` for a bad `x-request-timeout-ms`
 */
export type OpenRequest = (
  request: FastifyRequest,
  reply: FastifyReply,
  options?: { fresh?: boolean | undefined },
) => Promise<RequestScope>;

export function createRequestScopes(options: {
  viewerOf: ViewerOf;
  openScope: OpenScope;
  charge: Charge;
}): OpenRequest {
  const { viewerOf, openScope, charge } = options;
  return async (request, reply, { fresh = false } = {}) => {
    const viewer = await viewerOf(request).catch((error) => {
      // Set here because Apollo's answers do not pass the error handler.
      if (error instanceof AppError && error.status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
      throw error;
    });
    if (fresh) charge(request, reply, FRESH_COST);
    const scope = openScope({ logger: request.log, viewer, timeoutMs: clientTimeoutMs(request.headers) });
    rememberScope(request, scope);
    reply.raw.once('close', () => {
      if (!reply.raw.writableFinished) scope.deadline.abort(new DOMException('The client has left', 'AbortError'));
      scope.deadline.dispose();
    });
    return scope;
  };
}
