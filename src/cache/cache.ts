import { type CachePolicy, leasePolicy, standardPolicy } from '../core/cache-policy.js';
import type { Clock } from '../core/clock.js';
import { type Random, randomToken } from '../core/random.js';
import type { Tracer } from '../core/tracer.js';
import type { Ask, CacheResult } from './ask.js';
import { createAtHand, type HandKey } from './at-hand.js';
import { type CacheEvents, emitServed } from './cache-events.js';
import { createCacheTracing } from './cache-tracing.js';
import { createCopyAnswers } from './copy-answers.js';
import type { EntryState } from './entry.js';
import { jsonCodec, storeIdOf, type ValueCodec } from './entry-format.js';
import { createInvalidationLog, type InvalidationMode } from './invalidation-log.js';
import { createInvalidationOutbox } from './invalidation-outbox.js';
import { createFailures } from './loading/failed-loads.js';
import { createLoadAndKeep } from './loading/load-and-keep.js';
import type { Load } from './loading/run-load.js';
import type { MemoryStore } from './memory-store.js';
import { createParts, type Parts } from './parts.js';
import { createResolve, type SharedSide } from './resolve.js';
import { createLeases } from './shared/lease.js';
import { createSharedLink } from './shared/shared-link.js';
import { createLookUp } from './shared/shared-look.js';
import { createSharedReader } from './shared/shared-reader.js';
import type { SharedListener, SharedStore } from './shared/shared-store.js';
import { createSharedTier } from './shared/shared-tier.js';
import { createSingleFlight } from './single-flight.js';

export interface GetOptions<T> {
  /** Names the key's kind in events (the section id); nothing personal. */
  label: string;
  /** What the value depends on, as far as it is known before the load. */
  tags: readonly string[];
  /** Where it differs from `standardPolicy`. It bounds entries that were written under another one. */
  policy?: Partial<CachePolicy>;
  /** Names a group of keys whose share of process memory is bounded (`MemoryStore`). */
  group?: string;
  load: Load<T>;
  /** Ends this caller's wait, and the load when no other caller waits for it. Not read while memory answers. */
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
   * What `get` would answer for all of the keys from memory, without a promise and without a look at the shared tier; undefined
   * when that is not so for one of them, and then nothing is told of the others. `optionsOf` is asked for what is not fresh.
   */
  present<T>(keys: readonly HandKey[], optionsOf: (index: number) => GetOptions<T>): CacheResult<T>[] | undefined;
  /**
   * The same after the shared tier was asked, in one round trip, whether the copies in memory still stand. Resolves with undefined
   * when one of them has to be loaded or is another by now, and is undefined at once when memory holds none. Never rejects.
   */
  look<T>(
    keys: readonly HandKey[],
    optionsOf: (index: number) => GetOptions<T>,
  ): Promise<CacheResult<T>[] | undefined> | undefined;
  /**
   * What depends on one of the tags and was loaded before this call is no longer fresh (soft), or must not be served to a caller
   * who asks after it (hard). It holds in this process at once, and in the others as soon as the shared tier has it. `shared` is
   * false when the shared tier could not take it in a second: then it is sent as soon as it can.
   */
  invalidate(tags: readonly string[], mode: InvalidationMode): Promise<{ shared: boolean }>;
  /** What loads may make their values of without reading it. */
  readonly parts: Pick<Parts, 'take' | 'begin'>;
  /** How many copies in memory are in each state, by what `groupOf` says of their keys. Looks at each: for people, not for requests. */
  states(groupOf: (key: string) => string): Readonly<Record<string, Partial<Record<EntryState, number>>>>;
  /** How the shared tier stands: there is none, it is away, its messages are not heard (so that every answer looks at it), or well. */
  shared(): 'none' | 'away' | 'unheard' | 'well';
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
  /** See `leasePolicy` for these three. */
  leaseMs?: number;
  loadLimitMs?: number;
  pollMs?: number;
  /** The longest that one request waits for the shared tier in all, not counting when this process was busy itself. */
  sharedWaitMs?: number;
  /** After a failure the shared tier is left alone this long. */
  sharedDownMs?: number;
  /** Memory answers nothing by itself while the shared tier is there: it says of each copy whether it still stands. */
  alwaysLook?: boolean;
  /**
   * Asked before a caller waits for the shared tier or a load. What it throws refuses the wait, unless a copy within its grace
   * serves; what it answers is called when the wait is over.
   */
  admit?: () => () => void;
  tracer?: Tracer | undefined;
}

/**
 * A cache that never passes stale for fresh: tiers, single flight, leases between processes, stale serving and invalidation
 * by tags. See docs/decisions/017-invalidation-log.md for what makes it safe.
 */
export function createCache(options: CacheOptions): Cache {
  const { memory, clock, events, random, codec = jsonCodec, tracer } = options;
  const { leaseMs, loadLimitMs, pollMs } = { ...leasePolicy, ...options };
  const { alwaysLook = false } = options;
  const admit = options.admit ?? (() => () => {});
  const origin = randomToken(random);
  const tracing = createCacheTracing(tracer);

  const log = createInvalidationLog({
    beforeForgetting: () => {
      for (const held of [...memory.copies(), ...parts.all()]) {
        held.settled = answers.verdict(held);
        held.asOf = log.seq;
      }
    },
  });
  const answers = createCopyAnswers({ log, clock });
  const failures = createFailures({ clock, random });
  const { sharedWaitMs: waitMs = 50, sharedDownMs: downMs = 1000, shared: store } = options;
  const tier = store && createSharedTier({ store, clock, events, waitMs, downMs });
  const outbox = createInvalidationOutbox({ tier, log, clock, events, origin });

  const reader = tier && createSharedReader({ tier, log, clock, onReincarnation: outbox.replay });
  const parts = createParts({ log, answers, shared: tier && reader && { tier, reader }, clock });

  const createShared = (): SharedSide | undefined => {
    if (!store || !tier || !reader) return undefined;
    const link = createSharedLink({ store, clock });
    const leases = tracing.leases(createLeases({ tier, clock, random, leaseMs }));
    const lookUp = tracing.lookUp(createLookUp({ reader, link, log, memory, answers, codec, events }));
    return { tier, link, leases, lookUp };
  };
  const shared = createShared();

  const epoch = () => shared?.link.epoch ?? 0;
  const loadAndKeep = tracing.loadAndKeep(
    createLoadAndKeep({
      ...{ memory, log, answers, failures, codec, clock, events, random },
      ...{ epoch, loadLimitMs },
    }),
  );
  const resolve = createResolve({ memory, shared, answers, failures, loadAndKeep, events, random, pollMs });
  const flights = createSingleFlight<Ask, CacheResult<unknown>>({ run: tracing.resolve(resolve) });

  const atHand = createAtHand({
    ...{ memory, shared, answers, failures, clock, events, alwaysLook },
    renew: (key, ask) => flights.renew(key, { ...ask, fresh: false }),
  });

  const askOf = <T>(request: GetOptions<T>): Ask => ({
    ...{ label: request.label, tags: request.tags, load: request.load, group: request.group },
    fresh: request.fresh ?? false,
    policy: { ...standardPolicy, ...request.policy },
    askedAt: clock.monotonic(),
    askedSeq: !shared || shared.link.isHeard ? log.seq : Number.POSITIVE_INFINITY,
    askedEpoch: shared?.link.epochs ?? 0,
    span: tracer?.active(),
  });

  /** For a caller who cannot wait for a load: what stands in grace, as far as Redis knows. */
  const graceAnswer = async (key: string, ask: Ask): Promise<CacheResult<unknown> | undefined> => {
    if (!memory.get(key)) return undefined;
    if (!atHand.trusted(key, ask.policy)) await shared?.lookUp(key, storeIdOf(key), ask, shared.tier.requestBudget());
    const copy = memory.get(key);
    return copy && answers.graceAnswer(copy, ask);
  };

  /** Waits for a flight; when that is refused, or the caller's time is over, what stands in grace is served. */
  const wait = async (key: string, ask: Ask, signal: AbortSignal | undefined): Promise<CacheResult<unknown>> => {
    signal?.throwIfAborted();
    let leave = () => {};
    let joined = false;
    try {
      leave = admit();
      joined = true;
      tracing.waits(key, ask);
      return await flights.join(key, ask, signal);
    } catch (error) {
      // A load that failed has looked for a copy itself.
      const answer = joined && !signal?.aborted ? undefined : await graceAnswer(key, ask);
      if (answer === undefined) throw error;
      emitServed(events, ask.label, answer, 'grace');
      return answer;
    } finally {
      leave();
    }
  };

  const listener = ({ tier, link, leases }: SharedSide): SharedListener => ({
    invalidated: (tags, mode, moment, from) => {
      log.advance(moment);
      if (from === origin) return;
      for (const tag of tags) log.hear(tag, mode, moment.count);
      events.emit('invalidation', { mode, tags: tags.length, origin: 'remote' });
    },
    ready: leases.ready,
    linked: () => {
      link.linked();
      tier.linked();
      outbox.replay();
    },
    unlinked: link.unlinked,
  });

  return {
    get: async <T>(key: string, request: GetOptions<T>) => {
      const ask = askOf(request);
      // One key is always asked for with one load: what it once answered is a T.
      return (atHand.take(key, ask) ?? (await wait(key, ask, request.signal))) as CacheResult<T>;
    },
    present: <T>(keys: readonly HandKey[], optionsOf: (index: number) => GetOptions<T>) =>
      atHand.present(keys, (index) => askOf(optionsOf(index))) as CacheResult<T>[] | undefined,
    look: <T>(keys: readonly HandKey[], optionsOf: (index: number) => GetOptions<T>) =>
      atHand.look(keys, (index) => askOf(optionsOf(index))) as Promise<CacheResult<T>[] | undefined> | undefined,
    invalidate: outbox.invalidate,
    parts,
    states: (groupOf) => {
      const counts: Record<string, Partial<Record<EntryState, number>>> = {};
      for (const copy of memory.copies()) {
        const state = answers.state(copy, { ...standardPolicy, ...copy.header });
        const group = groupOf(copy.header.key);
        counts[group] = { ...counts[group], [state]: (counts[group]?.[state] ?? 0) + 1 };
      }
      return counts;
    },
    shared: () => {
      if (!shared) return 'none';
      if (!shared.tier.available) return 'away';
      return shared.link.isHeard ? 'well' : 'unheard';
    },
    start: () => {
      if (shared) store?.open(listener(shared));
    },
    close: async () => {
      flights.close();
      outbox.close();
      shared?.link.close();
      await shared?.leases.close();
      await store?.close();
    },
  };
}
