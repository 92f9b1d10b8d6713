import { jittered, type Random } from '../core/random.js';

/** How long a value serves. All ages count from the moment at which the load began. */
export interface CachePolicy {
  /** Served as it is below this age. */
  readonly freshMs: number;
  /** Below this age served stale while it is renewed in the background (RFC 5861, stale-while-revalidate). */
  readonly staleMs: number;
  /** Below this age served only when the load fails (RFC 5861, stale-if-error). */
  readonly graceMs: number;
  /** How long a failed load is remembered, about: the first step of the back-off. */
  readonly negativeMs: number;
  /** The longest step of the back-off while a copy within its grace serves. */
  readonly backoffMaxMs: number;
  /** After this long a copy in memory is checked against the shared tier once more. */
  readonly memoryMs: number;
  /** How long the shared tier keeps an entry; less than `graceMs` leaves the rest of the grace to process memory. */
  readonly sharedMs: number;
  /** How long a degraded value is kept. */
  readonly briefMs: number;
  /** False: past its freshness a value is loaded while the caller waits. */
  readonly staleWhileRevalidate: boolean;
}

export const defaultPolicy: CachePolicy = {
  freshMs: 180_000,
  staleMs: 300_000,
  graceMs: 86_400_000,
  negativeMs: 1000,
  backoffMaxMs: 30_000,
  memoryMs: 60_000,
  sharedMs: 86_400_000,
  briefMs: 1000,
  staleWhileRevalidate: true,
};

/** Milliseconds since the epoch at which an entry passes from one state into the next. */
export interface Deadlines {
  readonly freshUntil: number;
  readonly staleUntil: number;
  readonly graceUntil: number;
}

/** What a load says about its value's lifetime. */
export interface Lifetime {
  /** Milliseconds since the epoch from which something in the value is no longer true: neither fresh nor stale beyond it. */
  freshUntil?: number;
  /** `brief`: a degraded value, kept for about a second. */
  cacheable?: 'full' | 'brief';
}

/** Up to a tenth less than the policy says, so that entries made together do not expire together. */
const TTL_JITTER = 0.1;

export function deadlinesOf(readAt: number, policy: CachePolicy, lifetime: Lifetime, random: Random): Deadlines {
  const limit = lifetime.freshUntil ?? Number.POSITIVE_INFINITY;
  const brief = lifetime.cacheable === 'brief';
  const freshMs = jittered(brief ? policy.briefMs : policy.freshMs, TTL_JITTER, random);
  const staleMs = brief ? freshMs : Math.max(freshMs, jittered(policy.staleMs, TTL_JITTER, random));
  return {
    freshUntil: Math.min(readAt + freshMs, limit),
    staleUntil: Math.min(readAt + staleMs, limit),
    graceUntil: readAt + Math.max(staleMs, policy.graceMs),
  };
}

/**
 * How long a source is left alone after its `count`th failure in a row: exponential with jitter while a copy serves, about
 * `negativeMs` when there is none and everybody gets the error. `luck` is a number in [0, 1) drawn when it failed.
 */
export function backoffMs(count: number, luck: number, hasCopy: boolean, policy: CachePolicy): number {
  const step = hasCopy ? Math.min(policy.negativeMs * 2 ** (count - 1), policy.backoffMaxMs) : policy.negativeMs;
  return Math.round(step * (0.75 + luck / 2));
}
