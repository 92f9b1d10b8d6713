import type { FastifyInstance, FastifyRequest } from 'fastify';
import { probePaths } from '../../core/probe-paths.js';
import type { Span, Tracer } from '../../core/tracer.js';

const spans = Symbol('request span');
type WithSpan = FastifyRequest & { [spans]?: Span };

/** The span of a request that is traced. */
export const spanOf = (request: WithSpan): Span | undefined => request[spans];

/** Begins a span for each request but those of probes; the one who hears of its answer ends it. */
export function traceRequests(server: FastifyInstance, tracer: Tracer): void {
  server.addHook('onRequest', (request: WithSpan, _reply, done) => {
    const { url } = request.routeOptions;
    if (url !== undefined && probePaths.includes(url)) return done();
    const span = startRequestSpan(tracer, { method: request.method, route: url, headers: request.headers });
    request[spans] = span;
    span.within(done);
  });
}

/** The span of a request as OpenTelemetry's semantic conventions for HTTP servers name it, without the query string. */
export function startRequestSpan(
  tracer: Tracer,
  request: {
    method: string;
    /** Undefined where there is none. */
    route: string | undefined;
    headers: FastifyRequest['headers'];
    /** By `performance.now()`; now when left out. */
    startedAt?: number;
  },
): Span {
  const { method, route, ...rest } = request;
  return tracer.startRequest(
    route === undefined ? method : `${method} ${route}`,
    { 'http.request.method': method, ...(route === undefined ? {} : { 'http.route': route }) },
    rest,
  );
}
