import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { constants } from 'node:zlib';
import compress from '@fastify/compress';
import Fastify, { type FastifyBaseLogger, type FastifyError, type FastifyInstance, LogController } from 'fastify';
import type { Config } from '../config/config.js';
import type { Clock } from '../core/clock.js';
import type { AppError } from '../core/errors.js';
import type { Tracer } from '../core/tracer.js';
import { BROTLI_QUALITY, GZIP_LEVEL, MIN_COMPRESSED_BYTES } from '../page/fragments/compression.js';
import { createConnectionGate } from './connections/connection-gate.js';
import type { Connections } from './connections/under-way.js';
import { type Answered, tellAnswers } from './hooks/answered.js';
import { conditionalRequests } from './hooks/cache-headers.js';
import { allowOrigins } from './hooks/cors.js';
import { pathOf, refuse, sendFailure } from './hooks/failure-answers.js';
import { answerMethods } from './hooks/methods.js';
import { createRequestIds, REQUEST_ID } from './hooks/request-id.js';
import { addSecurityHeaders } from './hooks/security-headers.js';
import { traceRequests } from './hooks/traced-requests.js';
import { refuseUnreadable } from './hooks/unreadable.js';
import { completeVary } from './hooks/vary.js';
import { requireWellFormed } from './hooks/well-formed.js';
import { readForwardedFor } from './rate-limit/forwarded-for.js';
import type { TakeOnArrival } from './rate-limit/rate-limit-hook.js';

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
  /** Requests of one connection that are worked on at the same time: as many as a browser asks for at once. */
  maxUnderWay: 32,
  /** Requests of one connection that wait behind those; clients that pipeline retry what was not answered (RFC 9112, 9.3.2). */
  maxQueued: 256,
  /** Bytes of one connection's answers that the client has not taken: a few of the largest pages. */
  maxUntakenBytes: 262_144,
  /** Milliseconds for which a client may take no byte of its answers. */
  untakenMs: 10_000,
  /** Bytes that may wait for all clients together: a few hundred of the largest pages. */
  maxWaitingBytes: 33_554_432,
};

/**
 * A Fastify server with what every route has: bounds, request ids, security headers, CORS, compression, and one envelope
 * for everything that fails.
 */
export async function createServer(options: {
  logger: FastifyBaseLogger;
  /** `onAnswered` is told of every answer that is not the short way's. */
  answered?: { clock: Clock; onAnswered: (answer: Answered) => void };
  tracer?: Tracer | undefined;
  /** Whether the process is going away: requests are served as ever, and each answer ends its connection. */
  draining: () => boolean;
  /** Whose `X-Forwarded-*` headers are believed (`TRUST_PROXY`); none when left out. */
  trustProxy?: Config['http']['trustProxy'];
  production: boolean;
  /** Whose pages may read answers (`CORS_ORIGINS`). */
  corsOrigins: readonly string[];
  /** The rate limit's hook; every request passes when left out. */
  takeOnArrival?: TakeOnArrival;
  /** Answers what it can, before any hook or route of the server, and hands on the rest untouched. */
  shortWay?: ((request: IncomingMessage, response: ServerResponse, handOn: RequestListener) => void) | undefined;
  /** Is filled with the requests that are worked on. */
  underWay?: Connections;
  bounds?: Partial<typeof connectionBounds>;
}): Promise<FastifyInstance> {
  const bounds = { ...connectionBounds, ...options.bounds };
  const newRequestId = createRequestIds();
  const server: FastifyInstance = Fastify({
    loggerInstance: options.logger,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    requestIdHeader: false,
    trustProxy: options.trustProxy ?? false,
    bodyLimit: MAX_BODY_BYTES,
    serverFactory: (ownListener) => {
      const { shortWay, underWay = new Set() } = options;
      const listener: RequestListener =
        shortWay === undefined ? ownListener : (request, response) => shortWay(request, response, ownListener);
      return createBoundedServer({ listener, bounds, underWay });
    },
    // Routes read the query string themselves, once and strictly.
    routerOptions: { querystringParser: () => ({}) },
    // `answerMethods` adds HEAD as a GET with all its hooks.
    exposeHeadRoutes: false,
    // What arrives on a connection that is still open is served to the last.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    frameworkErrors: (error, request, reply) => {
      reply.headers({ 'x-request-id': request.id, 'x-content-type-options': 'nosniff' });
      // A path that cannot be decoded comes here past every hook. It counts too, for the address of its connection.
      void (options.takeOnArrival?.(request, reply) ?? Promise.resolve())
        .then(() => error)
        .catch((refusal: AppError) => refusal)
        .then((failure) => sendFailure(failure, request, reply));
    },
    genReqId: ({ headers }) => {
      const given = headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : newRequestId();
    },
  });
  // JSON is the only body that there is.
  server.removeContentTypeParser('text/plain');
  // Before every other hook, so that they run within the request's span.
  if (options.tracer) traceRequests(server, options.tracer);
  server.addHook('onRequest', async (request, reply) => {
    // What a cache may hold says so itself: answers that succeeded, made of sections that are fresh.
    reply.headers({ 'x-request-id': request.id, 'cache-control': 'no-store' });
  });
  addSecurityHeaders(server, options);
  // Before the hooks that refuse: pages may read why.
  await allowOrigins(server, options.corsOrigins);
  if (options.trustProxy) readForwardedFor(server);
  // Before paths and methods are looked at, so that those that do not exist count.
  if (options.takeOnArrival) server.addHook('onRequest', options.takeOnArrival);
  await requireWellFormed(server);
  answerMethods(server);
  server.addHook('onSend', async (_request, reply) => {
    if (options.draining()) reply.header('connection', 'close');
    // Also on answers of Apollo, which pass by the error handler (RFC 9110, 11.6.1).
    if (reply.statusCode === 401) reply.header('www-authenticate', 'Bearer');
  });
  conditionalRequests(server);
  if (options.answered) tellAnswers(server, options.answered);
  // @fastify/compress heeds `x-no-compression` itself.
  await server.register(compress, {
    threshold: MIN_COMPRESSED_BYTES,
    encodings: ['br', 'gzip'],
    zlibOptions: { level: GZIP_LEVEL },
    brotliOptions: { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } },
  });
  completeVary(server);
  server.setErrorHandler<FastifyError>(sendFailure);
  server.setNotFoundHandler((request, reply) =>
    refuse(request, reply, 404, `There is no ${request.method} ${pathOf(request)}`),
  );
  return server;
}

function createBoundedServer(options: {
  listener: RequestListener;
  bounds: typeof connectionBounds;
  underWay: Connections;
}): Server {
  const { bounds } = options;
  const gate = createConnectionGate({ ...options, now: () => performance.now() });
  const server = createHttpServer(
    {
      requestTimeout: bounds.requestTimeoutMs,
      headersTimeout: bounds.headersTimeoutMs,
      connectionsCheckingInterval: bounds.checkEveryMs,
      keepAliveTimeout: bounds.keepAliveMs,
      // A request without a host is refused by us, with the envelope.
      requireHostHeader: false,
    },
    gate.listener,
  );
  server.maxRequestsPerSocket = bounds.maxRequestsPerSocket;
  server.maxConnections = bounds.maxConnections;
  server.once('close', gate.stop);
  return server;
}
