import type { CachePolicy } from '../core/cache-policy.js';
import { jittered, type Random } from '../core/random.js';
import type { Dependence, Verdict } from './invalidation-log.js';

/** Ages, in milliseconds since its load began, at which an entry passes from one state into the next. */
export interface Lifetimes {
  readonly freshMs: number;
  readonly staleMs: number;
  readonly graceMs: number;
}

/** What a load says about its value's lifetime. */
export interface Lifetime {
  /** Milliseconds since the epoch from which something in the value is no longer true: neither fresh nor stale beyond it. */
  freshUntil?: number;
  /** `EntryHeader.partsAgeMs`; 0 when left out. The entry's lifetimes are so much shorter. */
  partsAgeMs?: number;
  /** `brief`: a degraded value, kept for about a second. */
  cacheable?: 'full' | 'brief';
}

/** What is known about a stored value; never changes once made. */
export interface EntryHeader extends Lifetimes, Pick<Dependence, 'tags' | 'moment'> {
  /** Unique: two entries with one id hold the same value. */
  readonly id: string;
  readonly key: string;
  /** When the load began, by the loader's wall clock. For display: ages are never counted from it. */
  readonly readAt: number;
  /** Something is missing in the value that a later load may find. */
  readonly degraded: boolean;
  /** How much longer ago than its load the oldest part of the value was read. */
  readonly partsAgeMs: number;
}

/** What process memory holds and the invalidation log judges. */
export interface Judged {
  readonly header: Pick<Dependence, 'tags' | 'moment'>;
  /** Invalidations of this process' log up to this number are in `settled`; later ones are judged each time. */
  asOf: number;
  settled: Verdict;
  /** The verdict at a version of the log, so that a hit judges nothing. */
  judged?: { version: number; verdict: Verdict };
}

/** An entry in process memory: the value is shared by all who read it and is frozen. */
export interface Copy extends Judged {
  readonly header: EntryHeader;
  readonly value: unknown;
  /** Length of the value as text, in bytes. */
  readonly bytes: number;
  /** When its load began, in this process' monotonic time. */
  readonly bornAt: number;
  /** On which link to Redis it was last checked, and when (monotonic). */
  epoch: number;
  checkedAt: number;
  /** `storeIdOf` its key, from when it was first looked at. */
  storeId?: string;
}

/** fresh: served as it is; stale: served, and renewed once; grace: served when the load fails; dead: never served. */
export type EntryState = 'fresh' | 'stale' | 'grace' | 'dead';

/** What an entry may be used for. Neither its own lifetimes nor the reader's policy are exceeded. */
export function stateOf(lifetimes: Lifetimes, verdict: Verdict, ageMs: number, policy: CachePolicy): EntryState {
  if (verdict === 'forbidden' || ageMs >= Math.min(lifetimes.graceMs, policy.graceMs)) return 'dead';
  if (verdict === 'unverified') return 'grace';
  if (verdict === 'valid' && ageMs < freshMsOf(lifetimes, policy)) return 'fresh';
  return policy.staleWhileRevalidate && ageMs < staleMsOf(lifetimes, policy) ? 'stale' : 'grace';
}

export function freshMsOf(lifetimes: Lifetimes, policy: CachePolicy): number {
  return Math.min(lifetimes.freshMs, policy.freshMs);
}

export function staleMsOf(lifetimes: Lifetimes, policy: CachePolicy): number {
  return Math.min(lifetimes.staleMs, policy.staleMs);
}

/** Up to a tenth less than the policy says, so that entries made together do not expire together. */
const TTL_JITTER = 0.1;

export function lifetimesOf(readAt: number, policy: CachePolicy, lifetime: Lifetime, random: Random): Lifetimes {
  const limitMs = Math.max(0, (lifetime.freshUntil ?? Number.POSITIVE_INFINITY) - readAt);
  const brief = lifetime.cacheable === 'brief';
  const freshMs = jittered(brief ? policy.briefMs : policy.freshMs, TTL_JITTER, random);
  const staleMs = brief ? freshMs : Math.max(freshMs, jittered(policy.staleMs, TTL_JITTER, random));
  const without = (ms: number) => Math.max(0, ms - (lifetime.partsAgeMs ?? 0));
  return {
    freshMs: Math.min(without(freshMs), limitMs),
    staleMs: Math.min(without(staleMs), limitMs),
    graceMs: without(Math.max(staleMs, policy.graceMs)),
  };
}

/**
 * How long a source is left alone after its `count`th failure in a row: exponential with jitter while a copy serves, about
 * `negativeMs` when there is none and callers get the error. `luck` is a number in [0, 1) drawn when it failed.
 */
export function backoffMs(count: number, luck: number, hasCopy: boolean, policy: CachePolicy): number {
  const step = hasCopy ? Math.min(policy.negativeMs * 2 ** (count - 1), policy.backoffMaxMs) : policy.negativeMs;
  return Math.round(step * (0.75 + luck / 2));
}
