import type { Ask } from '../ask.js';
import type { CacheEvents } from '../cache-events.js';
import type { CopyAnswers } from '../copy-answers.js';
import type { Copy } from '../entry.js';
import { headOf, headOfId, readEntry, type ValueCodec } from '../entry-format.js';
import { graver, type InvalidationLog, type Moment } from '../invalidation-log.js';
import { deepFreeze, type MemoryStore } from '../memory-store.js';
import type { SharedLink } from './shared-link.js';
import type { Reading, SharedReader } from './shared-reader.js';
import type { WaitBudget } from './shared-tier.js';

/** What a look at the shared tier found out about one key. */
export interface Look {
  /** The better of the shared entry and the copy in memory, as the shared tier knows their tags; undefined when both are missing. */
  readonly copy: Copy | undefined;
  /** How the shared entry begins (`headOf`). */
  readonly head: string;
  /** The present moment: a load that begins now knows of every invalidation up to it. */
  readonly moment: Moment;
  /** The shared tier's time at the look, in milliseconds: a load that begins after it is no older. */
  readonly now: number;
  /** Monotonic, when the look was sent. */
  readonly sentAt: number;
}

/** Looks, and keeps in memory what was found. `undefined`: the shared tier is not there. */
export type LookUp = (key: string, id: string, ask: Ask, budget: WaitBudget) => Promise<Look | undefined>;

export function createLookUp(options: {
  reader: SharedReader;
  link: SharedLink;
  log: InvalidationLog;
  memory: MemoryStore;
  answers: CopyAnswers;
  codec: ValueCodec;
  events: CacheEvents;
}): LookUp {
  const { reader, link, log, memory, answers, codec, events } = options;

  /**
   * The entry as a copy that is in no tier yet; undefined when there is none that can be read and verified.
   * @param known tags whose marks after `since` the look has told
   */
  const copyOf = async (
    key: string,
    reading: Reading,
    { known, since }: { known: ReadonlySet<string>; since: number },
    ask: Ask,
    budget: WaitBudget,
  ) => {
    const entry = reading.bytes ? readEntry(reading.bytes, key, codec) : undefined;
    const corrupt = reading.isForeign
      ? 'a key of another type'
      : entry && 'corrupt' in entry
        ? entry.corrupt
        : undefined;
    if (corrupt !== undefined) events.emit('corrupt', { label: ask.label, reason: corrupt });
    if (!entry || 'corrupt' in entry) return undefined;
    const { bornAt, ...header } = entry.header;
    // Of another incarnation: what was invalidated since may be unknown to the shared tier, and this process has not held it.
    if (header.moment.incarnation !== reading.moment.incarnation) return undefined;
    const asOf = log.verifiedAsOf;
    const isTold = (tag: string) => known.has(tag) && header.moment.count >= since;
    const late = header.moment.count === reading.moment.count ? [] : header.tags.filter((tag) => !isTold(tag));
    const needed = { entry: undefined, tags: late, since: header.moment.count, budget };
    if (late.length > 0 && !(await reader.read(needed))) return undefined;
    // Marks that were read a moment ago may be among those that the log has just forgotten.
    if (asOf !== log.verifiedAsOf) return undefined;
    // An entry from the future is as old as this look: it is not fresh for longer than the reader's policy says.
    const ageMs = Math.max(0, reading.now - bornAt);
    const value = deepFreeze(entry.value);
    const copy: Copy = { header, value, bytes: entry.bytes, bornAt: reading.sentAt - ageMs, asOf, ...unchecked };
    return copy;
  };

  /** A degraded value never stands in for a whole one that may be served. */
  const better = (held: Copy | undefined, found: Copy | undefined): Copy | undefined => {
    if (!held || !found) return held ?? found;
    const [one, other] = [answers.verdict(held), answers.verdict(found)];
    const [whole, degraded] = held.header.degraded ? [found, held] : [held, found];
    if (degraded.header.degraded && !whole.header.degraded && answers.verdict(whole) !== 'forbidden') return whole;
    if (one === other) return held.bornAt >= found.bornAt ? held : found;
    return graver(one, other) === one ? found : held;
  };

  const look: LookUp = async (key, id, ask, budget) => {
    const held = memory.get(key);
    const known = new Set([...ask.tags, ...(held?.header.tags ?? [])]);
    const since = held?.header.moment?.count ?? 0;
    const entry = { id, head: held === undefined ? '' : headOfId(held.header.id) };
    const reading = await reader.read({ entry, tags: [...known], since, budget });
    if (!reading) return undefined;
    const head = reading.isUnchanged ? entry.head : headOf(reading.bytes);
    const found = await copyOf(key, reading, { known, since }, ask, budget);
    const { moment, now, sentAt } = reading;
    // Another caller's look may have found it meanwhile.
    return { copy: better(memory.get(key), found), head, moment, now, sentAt };
  };

  const keep = (key: string, copy: Copy, ask: Ask, checked: { epoch: number; checkedAt: number }) => {
    Object.assign(copy, checked);
    if (memory.get(key) !== copy && answers.verdict(copy) !== 'forbidden') memory.set(key, copy, ask.group);
  };

  return async (key, id, ask, budget) => {
    const { epoch } = link;
    const looked = await look(key, id, ask, budget);
    if (looked?.copy) keep(key, looked.copy, ask, { epoch, checkedAt: looked.sentAt });
    return looked;
  };
}

const unchecked = { settled: 'valid', epoch: 0, checkedAt: Number.NEGATIVE_INFINITY } as const;
