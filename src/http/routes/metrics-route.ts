import { createServer, type Server } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import ipaddr from 'ipaddr.js';
import { isBearer } from '../auth/is-bearer.js';
import { refuse } from '../hooks/failure-answers.js';

interface MetricsText {
  text(): Promise<string>;
  readonly contentType: string;
}

/**
 * `GET /metrics` on the gateway's own port: for this machine, and for clients with the admin token. What came through a proxy is
 * from outside. On a port of its own (`METRICS_PORT`) there is no such route here.
 */
export function metricsRoute(
  server: FastifyInstance,
  options: { metrics: MetricsText; token: string | undefined },
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
    return reply.type(metrics.contentType).send(await metrics.text());
  });
}

function isLocal({ socket, headers }: FastifyRequest): boolean {
  if (headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined) return false;
  const { remoteAddress } = socket;
  // A Unix socket, or a test without one, has no address.
  return remoteAddress === undefined || ipaddr.process(remoteAddress).range() === 'loopback';
}

/** The same on a port that is open inside only. */
export function createMetricsServer(metrics: MetricsText): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics' || request.method !== 'GET') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is GET /metrics\n');
      return;
    }
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
