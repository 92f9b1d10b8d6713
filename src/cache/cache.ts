import type { Clock } from '../core/clock.js';
import { type Random, randomToken } from '../core/random.js';
import type { Ask, CacheResult } from './ask.js';
import type { CacheEvents } from './cache-events.js';
import { createCopyJudge } from './copies.js';
import { jsonCodec, type ValueCodec } from './entry-format.js';
import { createFailures } from './failed-loads.js';
import { createHeardInvalidations } from './heard.js';
import { createInvalidations } from './invalidations.js';
import type { Load } from './load.js';
import type { MemoryStore } from './memory-store.js';
import { type CachePolicy, defaultPolicy } from './policy.js';
import { createResolve } from './resolve.js';
import { createBatchedReader } from './shared/batched-reader.js';
import { createLeases } from './shared/lease.js';
import { createLookUp } from './shared/shared-look.js';
import type { SharedStore } from './shared/shared-store.js';
import { createSharedTier } from './shared/shared-tier.js';
import { createSingleFlight } from './single-flight.js';
import type { InvalidationMode } from './stamp.js';

export interface GetOptions<T> {
  /** Names the key's kind in events (the section id); nothing personal. */
  label: string;
  /** What the value depends on, as far as it is known before the load. */
  tags: readonly string[];
  /** Where it differs from `defaultPolicy`. */
  policy?: Partial<CachePolicy>;
  load: Load<T>;
  /** Ends this caller's wait, and the load only when nobody else waits for it. Not read while memory answers. */
  signal?: AbortSignal | undefined;
  /** Reads through every tier and renews them; data read less than a second ago will do. */
  fresh?: boolean;
}

export interface Cache {
  /**
   * The value of a key: from memory, from the shared tier, or loaded once for all who ask. Keys are opaque; one key must
   * always be asked for with the same load and policy. Rejects with what the load threw (the same object), with the
   * signal's reason or what `admit` threw, each only when no copy within its grace can serve; and with nothing else: while
   * the shared tier is away, memory alone serves.
   */
  get<T>(key: string, options: GetOptions<T>): Promise<CacheResult<T>>;
  /**
   * Nothing that depends on one of the tags and whose load began before this call is fresh any more (soft), or served to
   * anybody who asks after it (hard). It holds in this process at once and in the others as soon as the shared tier has it;
   * resolves when it has, or when it could not be reached: then it is sent as soon as it is back.
   */
  invalidate(tags: readonly string[], mode: InvalidationMode): Promise<void>;
  /** Connects to the shared tier. Until it is there, and without calling this, memory alone serves. */
  start(): void;
  /** Ends every load and wait (`AbortError`) and the connection. */
  close(): Promise<void>;
}

export interface CacheOptions {
  memory: MemoryStore;
  shared?: SharedStore | undefined;
  clock: Clock;
  events: CacheEvents;
  random: Random;
  /** What values look like in the shared tier, and to every caller. JSON when left out: dates become strings. */
  codec?: ValueCodec;
  /** The longest that a dead process holds up the others. */
  leaseMs?: number;
  /** The longest that a load may take, whoever waits for it. */
  loadLimitMs?: number;
  pollMs?: number;
  /** The longest that one request waits for the shared tier in all, not counting when this process was busy itself. */
  sharedWaitMs?: number;
  /** After a failure the shared tier is left alone this long. */
  sharedDownMs?: number;
  /**
   * Asked before a caller waits for the shared tier or a load; what it throws refuses the wait (a copy within its grace serves
   * all the same), what it answers is called when the wait is over.
   */
  admit?: () => () => void;
}

/**
 * A cache that never passes stale for fresh: tiers, single flight, leases between processes, stale serving and invalidation
 * by tags. See docs/decisions/008-cache-versions.md for what makes it safe.
 */
export function createCache(options: CacheOptions): Cache {
  const { memory, shared, clock, events, random, codec = jsonCodec } = options;
  const { leaseMs = 2000, loadLimitMs = 30_000, pollMs = 100, sharedWaitMs = 50, sharedDownMs = 1000 } = options;
  const admit = options.admit ?? (() => () => {});
  const origin = randomToken(random);
  const heard = createHeardInvalidations();
  const failures = createFailures({ clock, random });
  const tier = shared && createSharedTier({ store: shared, clock, events, waitMs: sharedWaitMs, downMs: sharedDownMs });
  const invalidations = createInvalidations({ tier, heard, clock, events, origin });
  const judge = createCopyJudge({ heard, tier, clock, events });
  const reader = tier && createBatchedReader({ tier });
  const leases = tier && createLeases({ tier, clock, random, leaseMs });
  const lookUp = createLookUp({ tier, reader, memory, judge, invalidations, codec, clock, events });
  const resolve = createResolve({
    ...{ memory, tier, leases, lookUp, judge, heard, failures, codec, clock, events, random },
    ...{ loadLimitMs, pollMs },
  });
  const flights = createSingleFlight<Ask, CacheResult<unknown>>({ run: resolve });

  const trustedCopy = (key: string, ask: Ask) => {
    const copy = memory.get(key);
    return copy && judge.isTrusted(copy, ask.policy) ? copy : undefined;
  };

  const fromMemory = (key: string, ask: Ask): CacheResult<unknown> | undefined => {
    const copy = trustedCopy(key, ask);
    if (!copy) return undefined;
    const state = judge.state(copy, ask.policy);
    const isBackedOff = state !== 'fresh' && failures.standing(key, state !== 'dead', ask.policy) !== undefined;
    const answer = judge.answer(copy, ask) ?? (isBackedOff ? judge.graceAnswer(copy, ask) : undefined);
    if (answer && state === 'stale' && !isBackedOff) flights.renew(key, { ...ask, fresh: false });
    return answer;
  };

  const graceAnswer = (key: string, ask: Ask): CacheResult<unknown> | undefined => {
    const copy = trustedCopy(key, ask);
    return copy && judge.graceAnswer(copy, ask);
  };

  /** Waits for a flight; when that is refused, or the caller's time is over, what stands in grace is served. */
  const wait = async (key: string, ask: Ask, signal: AbortSignal | undefined): Promise<CacheResult<unknown>> => {
    signal?.throwIfAborted();
    let leave = () => {};
    let joined = false;
    try {
      leave = admit();
      joined = true;
      return await flights.join(key, ask, signal);
    } catch (error) {
      // A load that failed has looked for a copy itself.
      const answer = joined && !signal?.aborted ? undefined : graceAnswer(key, ask);
      if (answer === undefined) throw error;
      return answer;
    } finally {
      leave();
    }
  };

  return {
    get: async <T>(key: string, request: GetOptions<T>) => {
      const ask: Ask = {
        label: request.label,
        tags: request.tags,
        policy: { ...defaultPolicy, ...request.policy },
        load: request.load,
        fresh: request.fresh ?? false,
        askedAt: clock.now(),
        askedSeq: heard.seq,
        askedLink: tier?.links ?? 0,
      };
      const answer = fromMemory(key, ask) ?? (await wait(key, ask, request.signal));
      // One key is always asked for with one load: what it once answered is a T.
      return answer as CacheResult<T>;
    },
    invalidate: invalidations.invalidate,
    start: () => {
      shared?.open({
        invalidated: (tag, mode, stamp, from) => {
          if (from === origin) return;
          heard.note(tag, mode, stamp);
          events.emit('invalidation', { mode, tags: 1, origin: 'remote' });
        },
        ready: (id) => leases?.ready(id),
        linked: () => {
          tier?.linked();
          invalidations.replay();
        },
        unlinked: () => tier?.unlinked(),
      });
    },
    close: async () => {
      flights.close();
      invalidations.close();
      await leases?.close();
      await shared?.close();
    },
  };
}
