import type { FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.js';
import type { ViewerOf } from '../auth/viewers.js';
import { clientOf } from './client-key.js';
import type { RateLimiter, Standing } from './rate-limiter.js';

/** Takes what a request costs in all, of which it has paid 1 when it arrived. @throws AppError `RATE_LIMITED` */
export type Charge = (request: FastifyRequest, reply: FastifyReply, cost: number) => void;

/** An `onRequest` hook that takes 1 from the client of a request. Rejects with AppError `RATE_LIMITED`. */
export type TakeOnArrival = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

const WINDOW_SECONDS = 60;
/** Probes must not be refused, and a page's pictures are no requests for the page. */
const unlimited = /^\/(healthz|readyz|images\/.*)$/;

/**
 * Limits what each client may ask for, before anything of a request is read, and tells it by `RateLimit` and
 * `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers-10). Paths and methods that do not exist count, too. A token that
 * does not verify counts for the address that sent it. Without a limiter there is no limit, and no header.
 */
export function createRateLimit(options: { limiter: RateLimiter | undefined; viewerOf: ViewerOf }): {
  takeOnArrival: TakeOnArrival;
  /** Takes the rest, when it is known what a request asks for. */
  charge: Charge;
} {
  const { limiter, viewerOf } = options;
  if (limiter === undefined) return { takeOnArrival: async () => {}, charge: () => {} };
  const paid = new WeakMap<FastifyRequest, { client: string; taken: number }>();

  return {
    takeOnArrival: async (request, reply) => {
      if (request.method === 'OPTIONS' || unlimited.test(request.routeOptions.url ?? '')) return;
      const client = clientOf(request, await viewerOf(request).catch(() => undefined));
      announce(reply, limiter.take(client, 1));
      paid.set(request, { client, taken: 1 });
    },
    charge: (request, reply, cost) => {
      const account = paid.get(request);
      if (account === undefined || cost <= account.taken) return;
      announce(reply, limiter.take(account.client, cost - account.taken, account.taken));
      account.taken = cost;
    },
  };
}

/** One policy, named `default`: `q` requests in `w` seconds; `r` of them remain, and all of them in `t` seconds. */
export const standingHeaders = ({ max, remaining, resetSeconds }: Standing) => ({
  ratelimit: `"default";r=${remaining};t=${resetSeconds}`,
  'ratelimit-policy': `"default";q=${max};w=${WINDOW_SECONDS}`,
});

function announce(reply: FastifyReply, standing: Standing): void {
  const { allowed, max, waitSeconds } = standing;
  reply.headers(standingHeaders(standing));
  if (allowed) return;
  reply.header('retry-after', waitSeconds);
  throw new AppError('RATE_LIMITED', `Too many requests: at most ${max} a minute`);
}
