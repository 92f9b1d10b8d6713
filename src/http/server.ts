import { randomBytes } from 'node:crypto';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from 'fastify';
import type { Config } from '../config/config.js';
import { AppError } from '../core/errors.js';
import { conditionalRequests } from './hooks/cache-headers.js';
import { allowOrigins } from './hooks/cors.js';
import { pathOf, refuse, sendFailure } from './hooks/failure-answers.js';
import { answerMethods } from './hooks/methods.js';
import { securityHeaders } from './hooks/security-headers.js';
import { refuseUnreadable } from './hooks/unreadable.js';
import { requireWellFormed } from './hooks/well-formed.js';

/** What an `x-request-id` may look like, so that it cannot forge log lines or headers. */
const REQUEST_ID = /^[\w.:-]{1,128}$/;

/** What is answered while the process goes away too: it lives, and says why it does not serve. */
const healthPaths: readonly string[] = ['/healthz', '/readyz'];

/** Bytes of a request's body: the largest thing that anybody has to send is a thousand tags. */
const MAX_BODY_BYTES = 65_536;

/** What clients may take of connections, and of time. */
export const connectionBounds = {
  /** Milliseconds in which a request's headers must have arrived, and all of it. */
  headersTimeoutMs: 5000,
  requestTimeoutMs: 10_000,
  /** Milliseconds between two looks for requests that are late: the bounds are true within that. */
  checkEveryMs: 500,
  /** Milliseconds that a connection may idle: longer than the 60 s of common proxies, which must be the first to close. */
  keepAliveMs: 72_000,
  /** Requests of one connection, so that load spreads again after a gateway is added. */
  maxRequestsPerSocket: 10_000,
  maxConnections: 10_000,
};

/**
 * A Fastify server with what every route has: bounds, request ids, security headers, CORS, compression, and one envelope
 * for everything that fails.
 */
export async function createServer(options: {
  logger: FastifyBaseLogger;
  /**
   * Whether the process is going away: requests that arrive from then on are refused, and connections end with the
   * answer that is under way on them.
   */
  draining: () => boolean;
  /** Whose `X-Forwarded-*` headers are believed (`TRUST_PROXY`); nobody's when left out. */
  trustProxy?: Config['http']['trustProxy'];
  production: boolean;
  /** Whose pages may read answers (`CORS_ORIGINS`). */
  corsOrigins: readonly string[];
  bounds?: Partial<typeof connectionBounds>;
}): Promise<FastifyInstance> {
  const bounds = { ...connectionBounds, ...options.bounds };
  const server: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: bounds.requestTimeoutMs,
    keepAliveTimeout: bounds.keepAliveMs,
    maxRequestsPerSocket: bounds.maxRequestsPerSocket,
    // A request without a host is refused by us, with the envelope.
    http: {
      headersTimeout: bounds.headersTimeoutMs,
      connectionsCheckingInterval: bounds.checkEveryMs,
      requireHostHeader: false,
    },
    // Routes read the query string themselves, once and strictly.
    routerOptions: { querystringParser: () => ({}) },
    // `answerMethods` adds HEAD as a GET with all its hooks.
    exposeHeadRoutes: false,
    // Ours, in the onRequest hook, has the envelope.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
      return sendFailure(error, request, reply);
    },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given)
        ? given
        : `req_${randomBytes(9).toString('base64url')}`;
    },
  });
  server.server.maxConnections = bounds.maxConnections;
  // JSON is the only body that there is.
  server.removeContentTypeParser('text/plain');
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id);
  });
  await securityHeaders(server, options);
  // Before whatever refuses: pages may read why.
  await allowOrigins(server, options.corsOrigins);
  await requireWellFormed(server);
  answerMethods(server);
  server.addHook('onRequest', async (request) => {
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
  server.setNotFoundHandler((request, reply) =>
    refuse(request, reply, 404, `There is no ${request.method} ${pathOf(request)}`),
  );
  return server;
}
