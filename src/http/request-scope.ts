import type { FastifyRequest } from 'fastify';
import type { Clock } from '../core/clock.js';
import { createDeadline } from '../core/deadline.js';
import type { Sources } from '../database/connect.js';
import type { RequestScope } from '../homepage/homepage.js';
import { createReferenceLoaders } from '../loaders/references.js';
import type { Authenticator } from './auth.js';

export type OpenScope = (request: FastifyRequest) => Promise<RequestScope>;

/**
 * Makes what belongs to one request: who asks, until when, and loaders of its own.
 * @throws AppError `UNAUTHENTICATED` for a bad token
 */
export function createScopes(options: {
  authenticator: Authenticator;
  sources: Sources;
  clock: Clock;
  requestTimeoutMs: number;
}): OpenScope {
  const { authenticator, sources, clock, requestTimeoutMs } = options;
  return async (request) => {
    const startedAt = clock.now();
    const viewer = await authenticator.viewer(request.headers.authorization);
    const deadline = createDeadline({ clock, timeoutMs: requestTimeoutMs });
    request.raw.socket.once('close', deadline.dispose);
    const loaders = createReferenceLoaders({
      sources,
      clock,
      logger: request.log,
      read: () => ({ signal: deadline.signal, maxTimeMs: deadline.remainingMs() }),
    });
    return {
      startedAt,
      deadline,
      loaders,
      logger: request.log,
      outcomes: [],
      ...(viewer === undefined ? {} : { viewer }),
    };
  };
}
