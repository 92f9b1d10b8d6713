import type { FastifyInstance } from 'fastify';
import { RETRY_AFTER_SECONDS } from '../core/errors.js';

/** `GET /healthz` answers while the process lives, `GET /readyz` tells whether it can serve, and why not. */
export function healthRoutes(server: FastifyInstance, options: { reasons: () => readonly string[] }): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const reasons = options.reasons();
    if (reasons.length === 0) return { status: 'ready' };
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return { status: 'unavailable', reasons };
  });
}
