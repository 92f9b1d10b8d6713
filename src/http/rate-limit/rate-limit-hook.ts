import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.js';
import type { ViewerOf } from '../auth/viewers.js';
import { clientOf } from './client-key.js';
import type { RateLimiter, Standing } from './rate-limiter.js';

/** Takes what a request costs in all, of which it has paid 1 when it arrived. @throws AppError `RATE_LIMITED` */
export type Charge = (request: FastifyRequest, reply: FastifyReply, cost: number) => void;

const WINDOW_SECONDS = 60;
/** Probes must not be refused, and a page's pictures are no requests for the page. */
const unlimited = /^\/(healthz|readyz|images\/.*)$/;

/**
 * Limits what each client may ask for, before anything of a request is read, and tells it by `RateLimit-*` headers
 * (draft-ietf-httpapi-ratelimit-headers-07). A token that does not verify counts for the address that sent it.
 * @returns takes the rest, when it is known what a request asks for; without a limiter there is no limit, and no header
 */
export function limitRequests(
  server: FastifyInstance,
  options: { limiter: RateLimiter | undefined; viewerOf: ViewerOf },
): Charge {
  const { limiter, viewerOf } = options;
  if (limiter === undefined) return () => {};
  const paid = new WeakMap<FastifyRequest, { client: string; taken: number }>();

  server.addHook('onRequest', async (request, reply) => {
    if (request.method === 'OPTIONS' || unlimited.test(request.routeOptions.url ?? '')) return;
    const client = clientOf(request, await viewerOf(request).catch(() => undefined));
    announce(reply, limiter.take(client, 1));
    paid.set(request, { client, taken: 1 });
  });
  return (request, reply, cost) => {
    const account = paid.get(request);
    if (account === undefined || cost <= account.taken) return;
    announce(reply, limiter.take(account.client, cost - account.taken, account.taken));
    account.taken = cost;
  };
}

function announce(reply: FastifyReply, { allowed, max, remaining, resetSeconds, waitSeconds }: Standing): void {
  reply.headers({
    'ratelimit-limit': max,
    'ratelimit-remaining': remaining,
    'ratelimit-reset': resetSeconds,
    'ratelimit-policy': `${max};w=${WINDOW_SECONDS}`,
  });
  if (allowed) return;
  reply.header('retry-after', waitSeconds);
  throw new AppError('RATE_LIMITED', `Too many requests: at most ${max} a minute`);
}
