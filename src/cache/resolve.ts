import type { Clock } from '../core/clock.js';
import { jittered, type Random, randomToken } from '../core/random.js';
import type { Ask, CacheResult } from './ask.js';
import type { CacheEvents } from './cache-events.js';
import type { CopyJudge } from './copies.js';
import { storeIdOf, type ValueCodec, writeEntry } from './entry-format.js';
import type { Failures } from './failed-loads.js';
import type { HeardInvalidations } from './heard.js';
import { type Loaded, runLoad } from './load.js';
import { type Copy, deepFreeze, type MemoryStore } from './memory-store.js';
import { deadlinesOf } from './policy.js';
import type { Lease, Leases } from './shared/lease.js';
import type { Look, LookUp } from './shared/shared-look.js';
import type { SharedTier } from './shared/shared-tier.js';
import type { Flight } from './single-flight.js';
import type { Stamp } from './stamp.js';

export type CacheFlight = Flight<Ask, CacheResult<unknown>>;

export interface ResolveOptions {
  memory: MemoryStore;
  tier: SharedTier | undefined;
  leases: Leases | undefined;
  lookUp: LookUp;
  judge: CopyJudge;
  heard: HeardInvalidations;
  failures: Failures;
  codec: ValueCodec;
  clock: Clock;
  events: CacheEvents;
  random: Random;
  /** The longest that a load may take. */
  loadLimitMs: number;
  /** How often a process that waits for another one's load looks for itself, in case the message is lost. */
  pollMs: number;
}

/**
 * The work of one flight: look at the shared tier, serve from what is there, and load under a lease what has to be loaded.
 * Each caller is answered as soon as there is something good enough for it.
 */
export function createResolve(options: ResolveOptions): (flight: CacheFlight, ask: Ask) => Promise<void> {
  const { memory, tier, leases, lookUp, judge, heard, failures, clock, events, random } = options;

  return async (flight, ask) => {
    const { key, signal } = flight;
    const id = storeIdOf(key);
    const firstBudget = tier?.budget() ?? { leftMs: 0 };
    let budget = firstBudget;
    let hasLost = false;
    for (;;) {
      const link = tier?.links ?? 0;
      const look = await lookUp(key, id, ask, budget);
      const held = memory.get(key);
      const copy = look ? look.copy : held && judge.isTrusted(held, ask.policy) ? held : undefined;
      const state = copy ? judge.state(copy, ask.policy) : 'dead';
      if (copy) answerAll(flight, link, (waiting) => judge.answer(copy, waiting));
      if (copy && state === 'stale') flight.detach();
      if (signal.aborted || isDone(flight, state === 'fresh')) return;

      // Who came on a new link is owed a look of its own.
      if (!signal.aborted && [...flight.waiters].some((waiter) => waiter.ask.askedLink > link)) continue;

      const failure = failures.standing(key, state !== 'dead', ask.policy);
      if (failure) return failAll(flight, link, copy, failure.error);

      let lease: Lease | undefined;
      if (look && leases) {
        const watch = leases.watch(id);
        try {
          const turn = await takeTurn(id, look, ask, budget);
          if (turn === 'changed') continue;
          if (turn === 'held') {
            if (!hasLost) events.emit('leaseLost', { label: ask.label, reason: 'held' });
            hasLost = true;
            await watch.ended(jittered(options.pollMs, 0.5, random), signal);
            // Looking again while another process loads is no waiting for Redis: what was left at first is left again.
            budget = { leftMs: firstBudget.leftMs };
            continue;
          }
          lease = turn;
        } finally {
          watch.stop();
        }
      }
      if (signal.aborted || isDone(flight, false)) return void lease?.release();
      return load(flight, ask, { look, link, copy, lease });
    }
  };

  async function takeTurn(id: string, look: Look, ask: Ask, budget: { leftMs: number }) {
    const onLost = () => events.emit('leaseLost', { label: ask.label, reason: 'expired' });
    const turn = await leases?.acquire({ id, head: look.head, onLost }, budget);
    if (typeof turn === 'object') events.emit('leaseWon', { label: ask.label });
    return turn;
  }

  async function load(
    flight: CacheFlight,
    ask: Ask,
    context: { look: Look | undefined; link: number; copy: Copy | undefined; lease: Lease | undefined },
  ): Promise<void> {
    const { look, lease } = context;
    const link = tier?.links ?? 0;
    const began = { readAt: clock.now(), asOf: heard.seq, session: look?.session ?? tier?.session ?? 0 };
    let loaded: Loaded<unknown>;
    try {
      loaded = await runLoad(ask.load, { signal: flight.signal, limitMs: options.loadLimitMs, clock });
    } catch (error) {
      void lease?.release();
      // Everybody has left and the load was told so: that is no failure of its source. Who came since then starts anew.
      if (flight.signal.aborted) return;
      failures.record(flight.key, error);
      events.emit('failure', { label: ask.label, error, stage: 'load' });
      return failAll(flight, context.link, context.copy, error);
    }
    failures.clear(flight.key);
    events.emit('load', { label: ask.label, durationMs: clock.now() - began.readAt, background: flight.background });
    const { copy, text } = copyOf(loaded, flight.key, ask, { ...began, moment: look?.moment });
    if (text !== undefined && judge.verdict(copy) !== 'hard') memory.set(flight.key, copy);
    // Behind the answers: nobody waits until the shared tier has it.
    void share(copy, text, ask, look, lease);
    answerAll(flight, link, (waiting) => judge.loadedAnswer(copy, waiting, began.asOf));
  }

  /** The value as every tier gives it back, and its text; no text when it cannot be written down: then it is kept nowhere. */
  function copyOf(
    loaded: Loaded<unknown>,
    key: string,
    ask: Ask,
    began: { readAt: number; asOf: number; session: number; moment: Stamp | undefined },
  ): { copy: Copy; text: string | undefined } {
    const { readAt, asOf, session, moment } = began;
    const header = {
      id: randomToken(random),
      key,
      readAt,
      ...deadlinesOf(readAt, ask.policy, loaded, random),
      tags: [...new Set([...ask.tags, ...(loaded.tags ?? [])])],
      ...(moment === undefined ? {} : { moment }),
    };
    const bookkeeping = { asOf, session, checkedAt: readAt, verdict: 'valid' } as const;
    try {
      const text = options.codec.encode(loaded.value);
      const value = deepFreeze(options.codec.decode(text));
      return { copy: { header, value, bytes: Buffer.byteLength(text), ...bookkeeping }, text };
    } catch (error) {
      events.emit('failure', { label: ask.label, error, stage: 'encode' });
      return { copy: { header, value: loaded.value, bytes: 0, ...bookkeeping }, text: undefined };
    }
  }

  /** Gives the entry to the other processes, unless it could be judged wrongly there. */
  async function share(
    copy: Copy,
    text: string | undefined,
    ask: Ask,
    look: Look | undefined,
    lease: Lease | undefined,
  ) {
    if (!lease || !look) return;
    const ttlMs = Math.min(ask.policy.sharedMs, copy.header.graceUntil - clock.now());
    // A link that was lost during the load may have taken invalidations with it.
    const isSafe = tier?.session === look.session && judge.verdict(copy) !== 'hard';
    if (text === undefined || !isSafe || ttlMs <= 0) return lease.release();
    const { tags } = copy.header;
    await lease.commit({ bytes: writeEntry(copy.header, text), ttlMs: Math.ceil(ttlMs), tags, moment: look.moment });
  }

  function failAll(flight: CacheFlight, link: number, copy: Copy | undefined, error: unknown): void {
    for (const waiter of flight.waiters) {
      if (waiter.ask.askedLink > link) continue;
      const answer = copy && judge.graceAnswer(copy, waiter.ask);
      if (answer) waiter.answer(answer);
      else waiter.fail(error);
    }
  }
}

/** Answers those for whom there is an answer. Who asked on a later link than `link` goes into the next flight. */
function answerAll(flight: CacheFlight, link: number, answerFor: (ask: Ask) => CacheResult<unknown> | undefined): void {
  for (const waiter of flight.waiters) {
    const answer = waiter.ask.askedLink > link ? undefined : answerFor(waiter.ask);
    if (answer) waiter.answer(answer);
  }
}

/** Nobody waits, and there is no copy to be renewed. */
function isDone(flight: CacheFlight, isFresh: boolean): boolean {
  return flight.waiters.size === 0 && (isFresh || !flight.background);
}
