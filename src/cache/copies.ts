import type { Clock } from '../core/clock.js';
import { type Ask, type CacheResult, type CacheStatus, FRESH_WITHIN_MS } from './ask.js';
import type { CacheEvents } from './cache-events.js';
import { type EntryState, stateOf } from './entry.js';
import type { HeardInvalidations } from './heard.js';
import type { Copy } from './memory-store.js';
import type { CachePolicy } from './policy.js';
import type { SharedTier } from './shared/shared-tier.js';
import { graver, type Verdict } from './stamp.js';

/** What a copy may be used for at this moment, and the answer that is made of it. */
export interface CopyJudge {
  verdict(copy: Copy): Verdict;
  state(copy: Copy, policy: CachePolicy): EntryState;
  /** Whether what this process has heard is enough to judge the copy by; if not, the shared tier is asked first. */
  isTrusted(copy: Copy, policy: CachePolicy): boolean;
  /** The answer for a caller who would rather have a load than a copy that is not good enough; none if so. */
  answer(copy: Copy, ask: Ask): CacheResult<unknown> | undefined;
  /** The answer when the load failed; none when the copy must not be served at all. */
  graceAnswer(copy: Copy, ask: Ask): CacheResult<unknown> | undefined;
  /** The answer for a caller who waited for the load that read this copy; none when the caller is owed a later one. */
  loadedAnswer(copy: Copy, ask: Ask, asOf: number): CacheResult<unknown> | undefined;
}

export function createCopyJudge(options: {
  heard: HeardInvalidations;
  tier: SharedTier | undefined;
  clock: Clock;
  events: CacheEvents;
}): CopyJudge {
  const { heard, tier, clock, events } = options;

  const dependence = (copy: Copy, asOf: number) => ({ tags: copy.header.tags, moment: copy.header.moment, asOf });
  const verdict = (copy: Copy) => {
    const judged = heard.judge(dependence(copy, copy.asOf));
    // What has been heard so far does not touch it: the next judgement begins there.
    if (judged === 'valid') copy.asOf = Math.max(copy.asOf, heard.seq);
    return graver(copy.verdict, judged);
  };
  const state = (copy: Copy, policy: CachePolicy) => stateOf(copy.header, verdict(copy), clock.now(), policy);

  const result = (copy: Copy, status: CacheStatus): CacheResult<unknown> => {
    const { readAt, freshUntil, staleUntil } = copy.header;
    const now = clock.now();
    return {
      value: copy.value,
      status,
      readAt,
      ageMs: Math.max(0, now - readAt),
      freshForMs: status === 'STALE' ? 0 : Math.max(0, freshUntil - now),
      staleForMs: Math.max(0, staleUntil - now),
    };
  };
  const staleResult = (copy: Copy, ask: Ask, grace: boolean) => {
    const answer = result(copy, 'STALE');
    events.emit('stale', { label: ask.label, ageMs: answer.ageMs, grace });
    return answer;
  };

  return {
    verdict,
    state,
    isTrusted: (copy, policy) => {
      if (!tier?.available) return true;
      const { session, checkedAt } = copy;
      return session !== 0 && session === tier.session && clock.now() < checkedAt + policy.memoryMs;
    },
    answer: (copy, ask) => {
      const present = state(copy, ask.policy);
      if (ask.fresh && (present !== 'fresh' || copy.header.readAt < ask.askedAt - FRESH_WITHIN_MS)) return undefined;
      if (present === 'stale') return staleResult(copy, ask, false);
      if (present !== 'fresh') return undefined;
      const answer = result(copy, ask.fresh ? 'FRESH' : 'CACHED');
      events.emit('hit', { label: ask.label, ageMs: answer.ageMs });
      return answer;
    },
    graceAnswer: (copy, ask) => (state(copy, ask.policy) === 'dead' ? undefined : staleResult(copy, ask, true)),
    loadedAnswer: (copy, ask, asOf) => {
      const overruled = heard.judgeFor(ask.askedSeq, dependence(copy, asOf));
      if (overruled === 'hard') return undefined;
      if (overruled === 'soft') {
        return ask.fresh || state(copy, ask.policy) !== 'stale' ? undefined : staleResult(copy, ask, false);
      }
      if (ask.fresh && copy.header.readAt < ask.askedAt - FRESH_WITHIN_MS) return undefined;
      events.emit('miss', { label: ask.label });
      return result(copy, 'FRESH');
    },
  };
}
