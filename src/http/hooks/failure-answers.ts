import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { AppError, RETRY_AFTER_SECONDS } from '../../core/errors.js';
import { failureEnvelope, graphqlFailure, toEnvelopeErrors } from '../rest/envelope.js';
import { readOn } from './read-on.js';

/** The path that was asked for, without its query. */
export const pathOf = ({ url }: Pick<FastifyRequest, 'url'>): string => url.split('?')[0] ?? '';

/** Answers a request that HTTP itself forbids; REST clients get the envelope, GraphQL clients GraphQL's errors. */
export function refuse(request: FastifyRequest, reply: FastifyReply, status: number, message: string): FastifyReply {
  return uncached(reply)
    .code(status)
    .send(failureBody(request, new AppError('VALIDATION_ERROR', message)));
}

/** Answers what was thrown; Fastify's own errors are the client's, and unexpected ones are internal. */
export function sendFailure(error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply) {
  const known = fromFastify(error, request);
  if (known.status >= 500 && known.code !== 'SERVICE_UNAVAILABLE') request.log.error({ error }, 'Request failed');
  const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : known.status;
  if (status === 413) readOn(request, reply);
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return uncached(reply).code(status).send(failureBody(request, known));
}

/** A header that no cache key holds may have provoked a failure: stored, it would be everybody's answer. */
const uncached = (reply: FastifyReply) =>
  reply.removeHeader('etag').removeHeader('cache-tag').header('cache-control', 'no-store');

/** GraphQL clients read errors in one shape only, also of requests that Apollo never sees. */
function failureBody(request: FastifyRequest, error: AppError): object {
  if (pathOf(request) !== '/graphql') return failureEnvelope(error.message, toEnvelopeErrors(error));
  return graphqlFailure(error, error.code === 'VALIDATION_ERROR' ? 'BAD_REQUEST' : undefined);
}

function fromFastify(error: FastifyError | AppError, request: FastifyRequest): AppError {
  if (error instanceof AppError) return error;
  const { statusCode = 500, message, code } = error;
  return statusCode >= 400 && statusCode < 500
    ? new AppError('VALIDATION_ERROR', messages[code]?.(request) ?? message, { cause: error })
    : new AppError('INTERNAL_ERROR', 'Internal error', { cause: error });
}

/** What Fastify's own messages leave out: what was sent, and what is allowed. */
const messages: Readonly<Record<string, (request: FastifyRequest) => string>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: ({ headers }) =>
    `content-type: "${(headers['content-type'] ?? '').slice(0, 64)}" is not allowed; allowed: application/json`,
  FST_ERR_CTP_BODY_TOO_LARGE: ({ routeOptions }) =>
    `The body is too large; at most ${routeOptions.bodyLimit} bytes are allowed`,
};
