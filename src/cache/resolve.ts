import { jittered, type Random } from '../core/random.js';
import type { Ask, CacheResult } from './ask.js';
import { type CacheEvents, emitServed } from './cache-events.js';
import type { CopyAnswers } from './copy-answers.js';
import type { Copy } from './entry.js';
import { storeIdOf } from './entry-format.js';
import type { Failures } from './loading/failed-loads.js';
import type { LoadAndKeep } from './loading/load-and-keep.js';
import type { MemoryStore } from './memory-store.js';
import type { Lease, Leases } from './shared/lease.js';
import type { SharedLink } from './shared/shared-link.js';
import type { Look, LookUp } from './shared/shared-look.js';
import type { SharedTier, WaitBudget } from './shared/shared-tier.js';
import type { Flight, Waiter } from './single-flight.js';

export type CacheFlight = Flight<Ask, CacheResult<unknown>>;

type CacheWaiter = Waiter<Ask, CacheResult<unknown>>;

/** The tier that processes share, and all that looks after it. */
export interface SharedSide {
  tier: SharedTier;
  link: SharedLink;
  leases: Leases;
  lookUp: LookUp;
}

export interface ResolveOptions {
  memory: MemoryStore;
  shared: SharedSide | undefined;
  answers: CopyAnswers;
  failures: Failures;
  loadAndKeep: LoadAndKeep;
  events: CacheEvents;
  random: Random;
  /** How often a process that waits for another one's load looks for itself, in case the message is lost. */
  pollMs: number;
}

/**
 * The work of one flight: look at the shared tier, serve from what is there, and load under a lease what has to be loaded.
 * Each caller is answered as soon as there is something good enough for it.
 */
export function createResolve(options: ResolveOptions): (flight: CacheFlight, ask: Ask) => Promise<void> {
  const { memory, shared, answers, failures, loadAndKeep, events, random } = options;

  /** Answers those for whom there is an answer. Callers of a later link than `epochs` are left for the next flight. */
  const answerAll = (
    waiters: ReadonlySet<CacheWaiter>,
    epochs: number,
    from: 'copy' | 'grace' | 'load',
    answerFor: (ask: Ask) => CacheResult<unknown> | undefined,
  ) => {
    for (const { ask, answer } of waiters) {
      const result = ask.askedEpoch > epochs ? undefined : answerFor(ask);
      if (!result) continue;
      emitServed(events, ask.label, result, from);
      answer(result);
    }
  };

  const answerLoaded = (
    { waiters }: CacheFlight,
    among: ReadonlySet<CacheWaiter>,
    epochs: number,
    copy: Copy,
    isEarly: boolean,
  ) => {
    const present = new Set([...among].filter((waiter) => waiters.has(waiter)));
    answerAll(present, epochs, 'load', (ask) => answers.loadedAnswer(copy, ask, isEarly));
  };

  /** The load failed, or is not to be tried yet: what memory holds serves in grace, whether or not it could be verified. */
  const failAll = (flight: CacheFlight, epochs: number, error: unknown) => {
    const copy = memory.get(flight.key);
    answerAll(flight.waiters, epochs, 'grace', (ask) => copy && answers.graceAnswer(copy, ask));
    for (const { ask, fail } of flight.waiters) if (ask.askedEpoch <= epochs) fail(error);
  };

  /** Whether every message has been heard since the link was this one: on another one some may have been missed in between. */
  const isHeardSince = (epoch: number) => shared === undefined || (shared.link.epoch === epoch && shared.link.isHeard);

  /**
   * Before a load that took its time is answered to callers who came during it, or a copy is in its stead: where messages were not
   * heard meanwhile, a look tells what was invalidated.
   */
  const catchUp = async (key: string, id: string, ask: Ask, epoch: number) => {
    if (!shared?.tier.available || isHeardSince(epoch)) return;
    await shared.lookUp(key, id, ask, shared.tier.requestBudget());
  };

  /** One turn at the lease: the lease, `undefined` to load without one, or `again` to look once more. */
  const takeTurn = async (
    id: string,
    look: Look,
    ask: Ask,
    budget: WaitBudget,
    flight: CacheFlight,
    leases: Leases,
  ) => {
    const onLost = () => events.emit('leaseLost', { label: ask.label, reason: 'expired' });
    // Listened for before it is asked for: it may end in between.
    const watch = leases.watch(id);
    try {
      const turn = await leases.acquire({ id, head: look.head, onLost }, budget);
      if (turn === 'held') await watch.ended(jittered(options.pollMs, 0.5, random), flight.signal);
      return turn;
    } finally {
      watch.stop();
    }
  };

  return async (flight, ask) => {
    const { key, signal } = flight;
    const id = storeIdOf(key);
    const firstMs = shared?.tier.requestBudget().leftMs ?? 0;
    let budget = { leftMs: firstMs };
    let hasWaited = false;
    for (;;) {
      const epochs = shared?.link.epochs ?? 0;
      const lookEpoch = shared?.link.epoch ?? 0;
      const before = new Set(flight.waiters);
      const look = await shared?.lookUp(key, id, ask, budget);
      // Where messages were not heard, a caller who came during the look may know of what was invalidated during it.
      const isOwed = look !== undefined && !isHeardSince(lookEpoch);
      const owed = new Set(isOwed ? [...flight.waiters].filter((waiter) => !before.has(waiter)) : []);
      const lookedFor = new Set([...flight.waiters].filter((waiter) => !owed.has(waiter)));
      const copy = look ? look.copy : memory.get(key);
      const serves = copy !== undefined && (look !== undefined || !shared?.tier.available);
      const state = copy && serves ? answers.state(copy, ask.policy) : 'dead';
      const isCalm = copy !== undefined && state === 'stale' && answers.isCalm(copy, ask.policy);
      if (copy && serves) answerAll(lookedFor, epochs, 'copy', (waiting) => answers.answer(copy, waiting));
      if (state === 'stale' && !isCalm) flight.detach();
      if (signal.aborted || isDone(flight, state === 'fresh' || isCalm)) return;

      // Such a caller, or one who came on a new link, is owed a look of its own.
      if (owed.size > 0) continue;
      if ([...flight.waiters].some((waiter) => waiter.ask.askedEpoch > epochs)) continue;

      const failure = failures.standing(key, isServable(memory.get(key), ask), ask.policy);
      if (failure) return failAll(flight, epochs, failure.error);

      let lease: Lease | undefined;
      if (look && shared) {
        const turn = await takeTurn(id, look, ask, budget, flight, shared.leases);
        if (turn === 'changed') continue;
        if (turn === 'held') {
          if (!hasWaited) events.emit('leaseLost', { label: ask.label, reason: 'held' });
          hasWaited = true;
          // Looking again while another process loads is no waiting for Redis: what was left at first is left again.
          budget = { leftMs: firstMs };
          continue;
        }
        if (turn) events.emit('leaseWon', { label: ask.label });
        lease = turn;
      }
      if (signal.aborted || isDone(flight, false)) return void lease?.release();

      const began = shared?.link.epochs ?? 0;
      const loadEpoch = shared?.link.epoch ?? 0;
      const early = new Set(flight.waiters);
      const outcome = await loadAndKeep(flight, ask, { look, lease });
      // All have left and the load was told so: that is no failure of its source. Callers who came since then start anew.
      if (outcome === 'ended') return;
      const late = new Set([...flight.waiters].filter((waiter) => !early.has(waiter)));
      if ('copy' in outcome) answerLoaded(flight, early, began, outcome.copy, true);
      await catchUp(key, id, ask, loadEpoch);
      if ('error' in outcome) return failAll(flight, epochs, outcome.error);
      // Callers who came after the load's end find its copy in the next flight.
      return answerLoaded(flight, late, began, outcome.copy, false);
    }
  };

  function isServable(copy: Copy | undefined, ask: Ask): boolean {
    return copy !== undefined && answers.state(copy, ask.policy) !== 'dead';
  }
}

/** No caller waits, and there is no copy to be renewed. */
function isDone(flight: CacheFlight, isFresh: boolean): boolean {
  return flight.waiters.size === 0 && (isFresh || !flight.background);
}
