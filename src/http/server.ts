import { randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from 'fastify';
import { AppError, RETRY_AFTER_SECONDS } from '../core/errors.js';
import { conditionalRequests } from './cache-headers.js';
import { failureEnvelope, toEnvelopeErrors } from './envelope.js';

/** What an `x-request-id` may look like, so that it cannot forge log lines or headers. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** A Fastify server with what every route has: request ids, compression, and one envelope for everything that fails. */
export async function createServer(options: {
  logger: FastifyBaseLogger;
  /** Whether the process is going away: connections then end with the answer that is under way on them. */
  draining: () => boolean;
}): Promise<FastifyInstance> {
  const server: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given)
        ? given
        : `req_${randomBytes(9).toString('base64url')}`;
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  server.addHook('onSend', async (_request, reply) => {
    if (options.draining()) reply.header('connection', 'close');
  });
  conditionalRequests(server);
  server.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        path: request.url.split('?')[0],
        status: reply.statusCode,
        duration: reply.elapsedTime,
      },
      'Request completed',
    );
  });
  // Seed 6.3; @fastify/compress heeds `x-no-compression` itself.
  await server.register(compress, {
    threshold: 1024,
    encodings: ['br', 'gzip'],
    zlibOptions: { level: 6 },
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } },
  });
  server.setErrorHandler<FastifyError>((error, request, reply) => {
    const known = fromFastify(error);
    if (known.status >= 500) request.log.error({ error }, 'Request failed');
    const status = error.statusCode !== undefined && known !== error ? error.statusCode : known.status;
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (status === 401) reply.header('www-authenticate', 'Bearer');
    return reply.code(status).send(failureEnvelope(known.message, toEnvelopeErrors(known)));
  });
  server.setNotFoundHandler((request, reply) => {
    const error = new AppError('VALIDATION_ERROR', `There is no ${request.method} ${request.url.split('?')[0]}`);
    return reply.code(404).send(failureEnvelope(error.message, toEnvelopeErrors(error)));
  });
  return server;
}

/** Faults that Fastify finds in a request are the client's; anything else that nobody foresaw is internal. */
function fromFastify(error: FastifyError | AppError): AppError {
  if (error instanceof AppError) return error;
  const { statusCode = 500, message } = error;
  return statusCode >= 400 && statusCode < 500
    ? new AppError('VALIDATION_ERROR', message, { cause: error })
    : new AppError('INTERNAL_ERROR', 'Internal error', { cause: error });
}
