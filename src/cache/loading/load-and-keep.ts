import type { Clock } from '../../core/clock.js';
import { type Random, randomToken } from '../../core/random.js';
import type { Ask } from '../ask.js';
import type { CacheEvents } from '../cache-events.js';
import type { CopyAnswers } from '../copy-answers.js';
import { type Copy, lifetimesOf } from '../entry.js';
import { type ValueCodec, writeEntry } from '../entry-format.js';
import type { InvalidationLog, Moment } from '../invalidation-log.js';
import { deepFreeze, type MemoryStore } from '../memory-store.js';
import type { Lease } from '../shared/lease.js';
import type { Look } from '../shared/shared-look.js';
import type { Failures } from './failed-loads.js';
import { type Loaded, runLoad } from './run-load.js';

/** Loads a key's value and gives it to the tiers that may have it. `ended`: no caller waited for it any longer. */
export type LoadAndKeep = (
  flight: { key: string; signal: AbortSignal; background: boolean; waiters: ReadonlySet<{ ask: Ask }> },
  ask: Ask,
  held: { look: Look | undefined; lease: Lease | undefined },
) => Promise<{ copy: Copy } | { error: unknown } | 'ended'>;

/** What was known when a load began. */
interface Beginning {
  readAt: number;
  bornAt: number;
  asOf: number;
  moment: Moment | undefined;
  epoch: number;
}

export function createLoadAndKeep(options: {
  memory: MemoryStore;
  log: InvalidationLog;
  answers: CopyAnswers;
  failures: Failures;
  codec: ValueCodec;
  clock: Clock;
  events: CacheEvents;
  random: Random;
  /** `SharedLink.epoch`. */
  epoch: () => number;
  /** The longest that a load may take. */
  loadLimitMs: number;
}): LoadAndKeep {
  const { memory, log, answers, failures, codec, clock, events, random, epoch, loadLimitMs } = options;

  /** The value as every tier gives it back, and its text; no text when it cannot be written down: then it is kept nowhere. */
  const copyOf = (loaded: Loaded<unknown>, key: string, ask: Ask, began: Beginning) => {
    const { readAt, bornAt, asOf, moment } = began;
    const header = {
      ...{ id: randomToken(random), key, readAt, moment },
      ...lifetimesOf(readAt, ask.policy, loaded, random),
      tags: [...new Set([...ask.tags, ...(loaded.tags ?? [])])],
      degraded: loaded.cacheable === 'brief',
      partsAgeMs: loaded.partsAgeMs ?? 0,
    };
    const checks = { bornAt, asOf, settled: 'valid', epoch: began.epoch, checkedAt: bornAt } as const;
    try {
      const text = codec.encode(loaded.value);
      const value = deepFreeze(codec.isPlain ? loaded.value : codec.decode(text));
      const copy: Copy = { header, value, bytes: Buffer.byteLength(text), ...checks };
      return { copy, text };
    } catch (error) {
      events.emit('failure', { label: ask.label, error, stage: 'encode' });
      const copy: Copy = { header, value: loaded.value, bytes: 0, ...checks };
      return { copy, text: undefined };
    }
  };

  /** A degraded value is served and forgotten where there is a whole one that may be served. */
  const mayReplace = (copy: Copy, present: Copy | undefined, { policy }: Ask): boolean =>
    !copy.header.degraded ||
    present === undefined ||
    present.header.degraded ||
    answers.state(present, policy) === 'dead';

  /** The entry for the other processes; undefined when they could not judge it, or it would be over when it arrives. */
  const entryFor = (copy: Copy, text: string, ask: Ask, look: Look) => {
    const { header, bornAt } = copy;
    // A load that began in another incarnation than the present one could not be verified by those who read it.
    if (log.moment?.incarnation !== look.moment.incarnation || answers.verdict(copy) === 'forbidden') return undefined;
    const ageMs = clock.monotonic() - bornAt;
    const ttlMs = Math.ceil(Math.min(ask.policy.sharedMs, header.graceMs - ageMs));
    if (ttlMs <= 0) return undefined;
    const shared = { ...header, moment: look.moment, bornAt: look.now };
    return { bytes: writeEntry(shared, text), ttlMs };
  };

  const settle = (copy: Copy, text: string | undefined, ask: Ask, held: Parameters<LoadAndKeep>[2]) => {
    const { key } = copy.header;
    const { look, lease } = held;
    const isKept = text !== undefined && mayReplace(copy, memory.get(key) ?? look?.copy, ask);
    if (copy.header.degraded && !isKept) failures.record(key, undefined);
    else failures.clear(key);
    if (isKept && answers.verdict(copy) !== 'forbidden') memory.set(key, copy, ask.group);
    const entry = isKept && lease && look ? entryFor(copy, text, ask, look) : undefined;
    // Behind the answers: no caller waits until the shared tier has it.
    if (entry) void lease?.commit(entry);
    else void lease?.release();
  };

  return async (flight, ask, held) => {
    const moment = held.look?.moment ?? log.moment;
    const began = { readAt: clock.now(), bornAt: clock.monotonic(), asOf: log.seq, moment, epoch: epoch() };
    try {
      const loaded = await runLoad(ask.load, { signal: flight.signal, fresh: ask.fresh, limitMs: loadLimitMs, clock });
      const durationMs = clock.monotonic() - began.bornAt;
      events.emit('load', { label: ask.label, durationMs, background: flight.background });
      const { copy, text } = copyOf(loaded, flight.key, ask, began);
      settle(copy, text, ask, held);
      return { copy };
    } catch (error) {
      void held.lease?.release();
      if (flight.signal.aborted) return 'ended';
      failures.record(flight.key, error);
      events.emit('failure', { label: ask.label, error, stage: 'load' });
      return { error };
    }
  };
}
