import type { FastifyInstance } from 'fastify';
import type { Cache } from '../../cache/cache.js';
import { RETRY_AFTER_SECONDS } from '../../core/errors.js';

/** `GET /healthz` answers while the process lives, `GET /readyz` tells whether it can serve, and why not. */
export function healthRoutes(
  server: FastifyInstance,
  options: {
    reasons: () => readonly string[];
    /** What is wrong, and does not keep it from serving. */
    warnings: () => readonly string[];
    /** States of the sections' breakers: an open one costs its section only, so the process stays ready. */
    breakers: () => Readonly<Record<string, string>>;
  },
): void {
  server.get('/healthz', async () => ({ status: 'ok' }));
  server.get('/readyz', async (_request, reply) => {
    const reasons = options.reasons();
    const breakers = options.breakers();
    const found = options.warnings();
    const warnings = found.length === 0 ? {} : { warnings: found };
    if (reasons.length === 0) return { status: 'ready', ...warnings, breakers };
    reply.code(503).header('retry-after', RETRY_AFTER_SECONDS);
    return { status: 'unavailable', reasons, ...warnings, breakers };
  });
}

/** What is said of Redis: it costs no answer, and an operator wants to know. */
export function redisWarnings(state: ReturnType<Cache['shared']>): string[] {
  if (state === 'away') return ['Redis is away: this process serves from its own memory'];
  return state === 'unheard' ? ['Redis answers, and its messages are not heard: every answer looks there first'] : [];
}
