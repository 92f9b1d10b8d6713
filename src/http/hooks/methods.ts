import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf, refuse } from './failure-answers.js';

/**
 * What a path understands (RFC 9110, 9.3 and 15.5.6): HEAD wherever GET is, OPTIONS everywhere, 405 with `Allow` for
 * other methods, and 404 for other paths. Refused before a body is read. It knows the routes that are added after it.
 */
export function answerMethods(server: FastifyInstance): void {
  const paths = new Map<string, { matches: (path: string) => boolean; methods: Set<string> }>();

  server.addHook('onRoute', (route) => {
    const methods = [route.method].flat();
    // The whole GET with all its hooks, so that its headers are those of GET; Node leaves out the body.
    if (methods.includes('GET') && !methods.includes('HEAD')) methods.push('HEAD');
    route.method = methods;
    // What @fastify/cors adds for preflights, which are answered below.
    if (route.url === '*') return;
    const known = paths.get(route.url) ?? { matches: matcherOf(route.url), methods: new Set(['OPTIONS']) };
    for (const method of methods) known.methods.add(method);
    paths.set(route.url, known);
  });

  server.addHook('onRequest', async (request, reply) => {
    const isOptions = request.method === 'OPTIONS';
    if (!request.is404 && !isOptions) return;
    const path = pathOf(request);
    const known = [...paths.values()].find(({ matches }) => matches(path));
    // A browser must be let through to see that there is nothing.
    if (known === undefined && isOptions && isPreflight(request)) return reply.code(204).send();
    if (known === undefined) return refuse(request, reply, 404, `There is no ${request.method} ${path}`);
    const allowed = [...known.methods].sort().join(', ');
    reply.header('allow', allowed);
    if (isOptions) return reply.code(204).send();
    return refuse(request, reply, 405, `${path} has no method ${request.method}; allowed: ${allowed}`);
  });
}

/** Whether a browser asks for permission (Fetch standard, 3.3.2); what is allowed stands in the headers already. */
const isPreflight = ({ headers }: FastifyRequest): boolean =>
  headers.origin !== undefined && headers['access-control-request-method'] !== undefined;

/** Whether a path is one of a route's, where `:name` stands for one segment and `*` for any. */
function matcherOf(url: string): (path: string) => boolean {
  const pattern = url.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/:\w+/g, '[^/]+');
  const whole = new RegExp(`^${pattern.replaceAll('*', '.*')}$`);
  return (path) => whole.test(path);
}
