import type { FastifyInstance } from 'fastify';
import { pathOf } from './failure-answers.js';

/** A path's answer differs by origin (CORS), and `/graphql` is a page for browsers and JSON for everything else. */
const always = ['origin'];
const byType = ['origin', 'accept'];

/**
 * Completes `Vary` (RFC 9110, 12.5.5), each name once: a route's own replaces what was set before it. Without the origin, a
 * cache would serve one page's permission to another. Lower case, because the compression, which comes later, looks for
 * `accept-encoding` so.
 */
export function completeVary(server: FastifyInstance): void {
  server.addHook('onSend', async (request, reply) => {
    const given = String(reply.getHeader('vary') ?? '')
      .toLowerCase()
      .split(',')
      .map((name) => name.trim());
    const names = [...(pathOf(request) === '/graphql' ? byType : always), ...given.filter((name) => name !== '')];
    reply.header('vary', [...new Set(names)].join(', '));
  });
}
