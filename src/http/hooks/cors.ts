import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Seconds for which a browser may remember what a preflight allowed; browsers hold it for two hours at most. */
const PREFLIGHT_SECONDS = 7200;

const requestHeaders = [
  ...['authorization', 'content-type', 'apollo-require-preflight', 'x-apollo-operation-name', 'if-none-match'],
  ...['x-request-id', 'x-request-timeout-ms', 'x-no-compression'],
];
const answerHeaders = [
  ...['etag', 'age', 'x-request-id', 'retry-after'],
  ...['ratelimit', 'ratelimit-policy', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
];

/**
 * Lets pages of these origins read answers (Fetch standard, 3.3). `:*` stands for any port. Without credentials: users
 * are known by the token that a page sends itself, never by a cookie.
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  await server.register(cors, {
    origin: origins.map((origin) => (origin.endsWith(':*') ? anyPort(origin.slice(0, -2)) : origin)),
    methods: ['GET', 'HEAD', 'POST'],
    allowedHeaders: requestHeaders,
    exposedHeaders: answerHeaders,
    maxAge: PREFLIGHT_SECONDS,
    // `answerMethods` answers OPTIONS, with what is said here.
    strictPreflight: false,
    preflightContinue: true,
  });
  // What an answer's route says of `Vary` replaces what was said before: without the origin, a cache would serve one
  // page's permission to another.
  server.addHook('onSend', async (_request, reply) => {
    const names = String(reply.getHeader('vary') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    const known = new Map(['Origin', ...names].map((name) => [name.toLowerCase(), name]));
    reply.header('vary', [...known.values()].join(', '));
  });
}

const anyPort = (base: string): RegExp => new RegExp(`^${base.replaceAll('.', '\\.')}(:\\d{1,5})?$`);
