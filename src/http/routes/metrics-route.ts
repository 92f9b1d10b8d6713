import { createServer, type IncomingMessage, type Server } from 'node:http';
import accepts from 'accepts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isBearer } from '../auth/is-bearer.js';
import { refuse } from '../hooks/failure-answers.js';

type Written = Promise<{ type: string; text: string }>;

interface WrittenMetrics {
  text(): Written;
  /** Undefined where it would say no more. */
  openMetrics: (() => Written) | undefined;
}

const plainText = 'text/plain';
const openMetricsText = 'application/openmetrics-text';

/** In the format that `Accept` prefers; in Prometheus' text when it says nothing of these two. */
function metricsFor(accept: string | undefined, { text, openMetrics }: WrittenMetrics): Written {
  if (openMetrics === undefined || accept === undefined) return text();
  // Each version of Prometheus names parameters of its own (`version`, `escaping`), and reads a higher or lower version too.
  const types = accept.replace(/;\s*(?!q=)[\w-]+=[^;,]*/gi, '');
  // `accepts` reads nothing of a request but this.
  const type = accepts({ headers: { accept: types } } as IncomingMessage).type([plainText, openMetricsText]);
  return type === openMetricsText ? openMetrics() : text();
}

/**
 * `GET /metrics` on the gateway's own port: for this machine, and for clients with the admin token. What came through a proxy is
 * from outside. On a port of its own (`METRICS_PORT`) there is no such route here.
 */
export function metricsRoute(
  server: FastifyInstance,
  options: { metrics: WrittenMetrics; token: string | undefined },
): void {
  const { metrics, token } = options;
  server.get('/metrics', async (request, reply) => {
    const isKnown = token !== undefined && isBearer(request.headers.authorization, token);
    if (!isKnown && !isLocal(request)) {
      return refuse(
        request,
        reply,
        404,
        'There is no GET /metrics from here: it answers this machine, or the admin token',
      );
    }
    const { type, text } = await metricsFor(request.headers.accept, metrics);
    return reply.type(type).send(text);
  });
}

function isLocal({ socket, headers }: FastifyRequest): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const { remoteAddress } = socket;
  // A Unix socket, or a test without one, has no address.
  return remoteAddress === undefined || ipaddr.process(remoteAddress).range() === 'loopback';
}

/** The same on a port that is open inside only. */
export function createMetricsServer(metrics: WrittenMetrics): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is GET /metrics\n');
      return;
    }
    metricsFor(request.headers.accept, metrics).then(
      ({ type, text }) => response.writeHead(200, { 'content-type': type }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
