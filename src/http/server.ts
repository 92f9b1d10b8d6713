import { randomBytes } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from 'fastify';
import type { Config } from '../core/config.js';
import { AppError, RETRY_AFTER_SECONDS } from '../core/errors.js';
import { conditionalRequests } from './cache-headers.js';
import { failureEnvelope, graphqlFailure, toEnvelopeErrors } from './envelope.js';

/** What an `x-request-id` may look like, so that it cannot forge log lines or headers. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What is answered while the process goes away too: it lives, and says why it does not serve. */
const healthPaths: readonly string[] = ['/healthz', '/readyz'];

/** A Fastify server with what every route has: request ids, compression, and one envelope for everything that fails. */
export async function createServer(options: {
  logger: FastifyBaseLogger;
  /**
   * Whether the process is going away: requests that arrive from then on are refused, and connections end with the
   * answer that is under way on them.
   */
  draining: () => boolean;
  /** Whose `X-Forwarded-*` headers are believed (`TRUST_PROXY`); nobody's when left out. */
  trustProxy?: Config['http']['trustProxy'];
}): Promise<FastifyInstance> {
  const server: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    // Ours, in the onRequest hook, has the envelope.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      reply.header('x-request-id', request.id);
      return sendFailure(error, request, reply);
    },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given)
        ? given
        : `req_${randomBytes(9).toString('base64url')}`;
    },
  });
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
    if (options.draining() && !healthPaths.includes(pathOf(request))) {
      throw new AppError('SERVICE_UNAVAILABLE', 'The gateway is going away');
    }
  });
  server.addHook('onSend', async (_request, reply) => {
    if (options.draining()) reply.header('connection', 'close');
    // Also on answers of Apollo, which pass by the error handler (RFC 9110, 11.6.1).
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer');
  });
  conditionalRequests(server);
  server.addHook('onResponse', async (request, reply) => {
    request.log.debug(
      {
        method: request.method,
        path: pathOf(request),
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
  server.setErrorHandler<FastifyError>(sendFailure);
  server.setNotFoundHandler((request, reply) => {
    const error = new AppError('VALIDATION_ERROR', `There is no ${request.method} ${pathOf(request)}`);
    return reply.code(404).send(failureBody(request, error));
  });
  return server;
}

const pathOf = ({ url }: FastifyRequest): string => url.split('?')[0] ?? '';

function sendFailure(error: FastifyError | AppError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = fromFastify(error);
  if (known.status >= 500 && known.code !== 'SERVICE_UNAVAILABLE') request.log.error({ error }, 'Request failed');
  const status = 'statusCode' in error && error.statusCode !== undefined ? error.statusCode : known.status;
  if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
  return reply.code(status).send(failureBody(request, known));
}

/** GraphQL clients read errors in one shape only, also of requests that Apollo never sees. */
function failureBody(request: FastifyRequest, error: AppError): object {
  if (pathOf(request) !== '/graphql') return failureEnvelope(error.message, toEnvelopeErrors(error));
  return graphqlFailure(error, error.code === 'VALIDATION_ERROR' ? 'BAD_REQUEST' : undefined);
}

/** What Node's parser could not read has no request and no reply: the envelope is written to the connection, which ends. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, message] = unreadable[error.code ?? ''] ?? [400, 'The request is no valid HTTP'];
  const body = JSON.stringify(failureEnvelope(message, toEnvelopeErrors(new AppError('VALIDATION_ERROR', message))));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** By Node's code. */
const unreadable: Readonly<Record<string, readonly [status: number, message: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'The request took too long to arrive'],
  HPE_HEADER_OVERFLOW: [431, 'The request line and headers are too long'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'The chunk extensions are too long'],
};

/** Faults that Fastify finds in a request are the client's; anything else that nobody foresaw is internal. */
function fromFastify(error: FastifyError | AppError): AppError {
  if (error instanceof AppError) return error;
  const { statusCode = 500, message } = error;
  return statusCode >= 400 && statusCode < 500
    ? new AppError('VALIDATION_ERROR', message, { cause: error })
    : new AppError('INTERNAL_ERROR', 'Internal error', { cause: error });
}
