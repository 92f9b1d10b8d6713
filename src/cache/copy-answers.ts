import type { CachePolicy } from '../core/cache-policy.js';
import type { Clock } from '../core/clock.js';
import { type Ask, type CacheResult, type CacheStatus, FRESH_WITHIN_MS } from './ask.js';
import { type Copy, type EntryState, freshMsOf, type Judged, staleMsOf, stateOf } from './entry.js';
import { graver, type InvalidationLog, type Verdict } from './invalidation-log.js';

/** The answers that copies make at this moment. Nothing here changes what a copy holds or what any tier stores. */
export interface CopyAnswers {
  verdict(copy: Judged): Verdict;
  state(copy: Copy, policy: CachePolicy): EntryState;
  /** Whether a copy that is stale may wait with its renewal: it is so only by a soft invalidation, and was read less than a second ago. */
  isCalm(copy: Copy, policy: CachePolicy): boolean;
  /** The copy if it is fresh at this time (monotonic); undefined for every other one. */
  fresh(copy: Copy, policy: CachePolicy, now: number): CacheResult<unknown> | undefined;
  /** The copy if it is fresh, or stale within stale-while-revalidate; undefined when the caller must load. */
  answer(copy: Copy, ask: Ask): CacheResult<unknown> | undefined;
  /** The copy when the load failed, as STALE; undefined when it is past its grace or forbidden. */
  graceAnswer(copy: Copy, ask: Ask): CacheResult<unknown> | undefined;
  /**
   * For a caller who waited for the load that made this copy, from its beginning (`isEarly`) or since some time during it; undefined
   * when the caller must have a later one.
   */
  loadedAnswer(copy: Copy, ask: Ask, isEarly: boolean): CacheResult<unknown> | undefined;
}

/** Soft invalidations renew an entry at most once in this time, over all processes: they share what one of them has loaded. */
const CALM_MS = 1000;

export function createCopyAnswers(options: { log: InvalidationLog; clock: Clock }): CopyAnswers {
  const { log, clock } = options;

  const judge = (copy: Judged) => {
    const { header, asOf, settled } = copy;
    return graver(settled, log.judge({ tags: header.tags, moment: header.moment, asOf }));
  };
  const verdict = (copy: Judged) => {
    if (copy.judged?.version !== log.version) copy.judged = { version: log.version, verdict: judge(copy) };
    return copy.judged.verdict;
  };
  const ageOf = (copy: Copy) => clock.monotonic() - copy.bornAt;
  const state = (copy: Copy, policy: CachePolicy) => stateOf(copy.header, verdict(copy), ageOf(copy), policy);
  const isOlderThanAsked = (copy: Copy, ask: Ask) =>
    ask.fresh && copy.bornAt - copy.header.partsAgeMs < ask.askedAt - FRESH_WITHIN_MS;

  const result = (
    copy: Copy,
    status: CacheStatus,
    policy: CachePolicy,
    ageMs: number = ageOf(copy),
  ): CacheResult<unknown> => {
    const freshForMs = status === 'STALE' ? 0 : Math.max(0, freshMsOf(copy.header, policy) - ageMs);
    const staleForMs = Math.max(0, staleMsOf(copy.header, policy) - ageMs);
    return { value: copy.value, status, readAt: copy.header.readAt, ageMs, freshForMs, staleForMs };
  };

  return {
    verdict,
    state,
    isCalm: (copy, policy) =>
      verdict(copy) === 'stale' && ageOf(copy) < CALM_MS && ageOf(copy) < freshMsOf(copy.header, policy),
    fresh: (copy, policy, now) => {
      const ageMs = now - copy.bornAt;
      const isFresh = stateOf(copy.header, verdict(copy), ageMs, policy) === 'fresh';
      return isFresh ? result(copy, 'CACHED', policy, ageMs) : undefined;
    },
    answer: (copy, ask) => {
      const present = state(copy, ask.policy);
      if (ask.fresh && (present !== 'fresh' || isOlderThanAsked(copy, ask))) return undefined;
      if (present === 'stale') return result(copy, 'STALE', ask.policy);
      return present === 'fresh' ? result(copy, ask.fresh ? 'FRESH' : 'CACHED', ask.policy) : undefined;
    },
    graceAnswer: (copy, ask) => (state(copy, ask.policy) === 'dead' ? undefined : result(copy, 'STALE', ask.policy)),
    loadedAnswer: (copy, ask, isEarly) => {
      if (isOlderThanAsked(copy, ask)) return undefined;
      // What was invalidated only after this caller asked, it may have: of all that count, the first one is not known.
      const present = isEarly || ask.askedSeq <= copy.asOf ? 'valid' : verdict(copy);
      if (present === 'valid') return result(copy, 'FRESH', ask.policy);
      const isServable = present === 'stale' && !ask.fresh && state(copy, ask.policy) === 'stale';
      return isServable ? result(copy, 'STALE', ask.policy) : undefined;
    },
  };
}
