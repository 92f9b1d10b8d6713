import cors from '@fastify/cors';
import type { FastifyInstance } from 'fastify';

/** Seconds for which a browser may remember what a preflight allowed; browsers hold it for two hours at most. */
const PREFLIGHT_SECONDS = 7200;

const answerHeaders = ['etag', 'age', 'x-request-id', 'retry-after', 'ratelimit', 'ratelimit-policy'];
/** `Access-Control-Expose-Headers` of an answer that another origin's page may read. */
export const exposedHeaders = answerHeaders.join(', ');

/**
 * Lets pages of these origins read answers (Fetch standard, 3.3), and send any header: tracing and client libraries add
 * theirs. `:*` stands for any port. Without credentials: a user is known by the token that a page sends, never by a cookie.
 * Other origins get no header at all.
 */
export async function allowOrigins(server: FastifyInstance, origins: readonly string[]): Promise<void> {
  const isAllowed = originMatcher(origins);
  await server.register(cors, {
    origin: (origin, allow) => allow(null, origin !== undefined && isAllowed(origin) && origin),
    methods: ['GET', 'HEAD', 'POST'],
    exposedHeaders: answerHeaders,
    maxAge: PREFLIGHT_SECONDS,
    // `answerMethods` answers OPTIONS, with what is said here.
    strictPreflight: false,
    preflightContinue: true,
  });
}

/** Whether pages of an origin may read answers. */
export function originMatcher(origins: readonly string[]): (origin: string) => boolean {
  const exact = new Set(origins);
  const anyPort = origins.filter((origin) => origin.endsWith(':*')).map((origin) => portPattern(origin.slice(0, -2)));
  return (origin) => exact.has(origin) || anyPort.some((pattern) => pattern.test(origin));
}

const portPattern = (base: string): RegExp => new RegExp(`^${base.replaceAll('.', '\\.')}(:\\d{1,5})?$`);
