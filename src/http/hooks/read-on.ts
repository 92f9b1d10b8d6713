import type { FastifyReply, FastifyRequest } from 'fastify';

/** A body that says it is longer is not read on. */
const MAX_BYTES = 64 * 1024 * 1024;
/** For so long a client may go on sending what is refused already. */
const READ_ON_MS = 2000;

/**
 * Reads and drops the rest of a body that was refused, within bounds. A connection that is closed under a client that still
 * sends is reset, and the client loses the refusal (RFC 9112, 9.6).
 */
export function readOn({ raw, headers }: FastifyRequest, reply: FastifyReply): void {
  if (Number(headers['content-length'] ?? 0) > MAX_BYTES) return;
  // With `close`, Node would close at once; without, it reads the rest before the next request.
  reply.removeHeader('connection');
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), READ_ON_MS).unref();
  raw.once('close', () => clearTimeout(timer));
}
