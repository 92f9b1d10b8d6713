import type { Clock } from '../../core/clock.js';
import type { Ask } from '../ask.js';
import type { CacheEvents } from '../cache-events.js';
import type { CopyJudge } from '../copies.js';
import type { EntryHeader } from '../entry.js';
import { headOf, headOfId, readEntry, type ValueCodec } from '../entry-format.js';
import type { Invalidations } from '../invalidations.js';
import { type Copy, deepFreeze, type MemoryStore } from '../memory-store.js';
import { graver, isSameIncarnation, judge, type Stamp, type Verdict } from '../stamp.js';
import type { BatchedReader, Reading } from './batched-reader.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** What a look at the shared tier found out about one key. */
export interface Look {
  /** The better of the shared entry and the copy in memory, verified just now; it is in memory too, if it fits. */
  readonly copy: Copy | undefined;
  /** How the shared entry begins (`headOf`). */
  readonly head: string;
  /** The present moment: a load that begins now knows of every invalidation up to it. */
  readonly moment: Stamp;
  readonly session: number;
}

/** `undefined`: the shared tier is not there. */
export type LookUp = (key: string, id: string, ask: Ask, budget: WaitBudget) => Promise<Look | undefined>;

export function createLookUp(options: {
  tier: SharedTier | undefined;
  reader: BatchedReader | undefined;
  memory: MemoryStore;
  judge: CopyJudge;
  invalidations: Invalidations;
  codec: ValueCodec;
  clock: Clock;
  events: CacheEvents;
}): LookUp {
  const { tier, reader, memory, judge: copyJudge, invalidations, codec, clock, events } = options;

  return async (key, id, ask, budget) => {
    if (!tier || !reader) return undefined;
    const verification = { asOf: invalidations.sharedAsOf(), session: tier.session, checkedAt: clock.now() };
    const held = memory.get(key);
    const known = new Set([...ask.tags, ...(held?.header.tags ?? [])]);
    const reading = await reader.read(id, [...known], budget);
    if (!reading) return undefined;

    if (held) {
      // What this process has heard stays true, whatever the store has lost since.
      held.verdict = graver(copyJudge.verdict(held), verdictOf(held.header, reading));
      held.asOf = Math.max(held.asOf, verification.asOf);
      held.session = verification.session;
      held.checkedAt = verification.checkedAt;
    }
    const { moment } = reading;
    const head = headOf(reading.bytes);
    const own = held && copyJudge.verdict(held) !== 'hard' ? held : undefined;
    if (held && !own && memory.get(key) === held) memory.delete(key);
    const found = { copy: own, head, moment, session: verification.session };
    if (!reading.bytes || (held && head === headOfId(held.header.id))) return found;

    const entry = readEntry(reading.bytes, key, codec);
    if ('corrupt' in entry) {
      events.emit('corrupt', { label: ask.label, reason: entry.corrupt });
      return found;
    }
    const { header } = entry;
    const late = header.moment === moment ? [] : header.tags.filter((tag) => !known.has(tag));
    const more = late.length > 0 ? await reader.read(undefined, late, budget) : reading;
    if (!more) return undefined;
    const stamps = new Map([...reading.stamps, ...more.stamps]);
    const copy: Copy = {
      header,
      value: deepFreeze(entry.value),
      bytes: entry.bytes,
      ...verification,
      verdict: verdictOf(header, { moment, stamps }),
    };
    if (copyJudge.verdict(copy) === 'hard' || clock.now() >= header.graceUntil) return found;
    if (own && !isBetter(copy, own, copyJudge)) return found;
    memory.set(key, copy);
    return { ...found, copy };
  };
}

/** Nothing was invalidated since its load began, or none of its tags was. What is older than the clock cannot be judged by it. */
function verdictOf(header: EntryHeader, reading: Pick<Reading, 'moment' | 'stamps'>): Verdict {
  if (header.moment === reading.moment) return 'valid';
  if (header.moment === undefined || !isSameIncarnation(header.moment, reading.moment)) return 'hard';
  return judge(
    header.moment,
    header.tags.map((tag) => reading.stamps.get(tag)),
  );
}

function isBetter(one: Copy, other: Copy, copyJudge: CopyJudge): boolean {
  const [verdict, otherVerdict] = [copyJudge.verdict(one), copyJudge.verdict(other)];
  if (verdict === otherVerdict) return one.header.readAt > other.header.readAt;
  return graver(verdict, otherVerdict) === otherVerdict;
}
