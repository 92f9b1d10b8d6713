import type { Clock } from '../core/clock.js';
import type { CopyAnswers } from './copy-answers.js';
import type { Copy } from './entry.js';
import type { InvalidationLog } from './invalidation-log.js';
import { createMemoryStore } from './memory-store.js';
import type { SharedReader } from './shared/shared-reader.js';
import type { SharedTier } from './shared/shared-tier.js';

/** What a part is called, and what it depends on. */
export interface PartKey {
  readonly name: string;
  readonly tags: readonly string[];
}

/** A part that may be put into a value, and how long ago it was read. */
export interface Part {
  readonly value: unknown;
  readonly ageMs: number;
}

/**
 * Values that other values are made of, in this process' memory alone: a load that finds one there need not read it. A value must
 * carry the tags of its parts, because it is judged by its own load's moment, with all that it is made of.
 */
export interface Parts {
  /**
   * Those that memory holds, read no longer than `maxAgeMs` ago, and that were not invalidated since: the shared tier is asked, so that
   * each is as good as if it were read now. None while it cannot be asked: a load may know a later moment of it than this process
   * has heard all invalidations of. Never rejects.
   */
  take(keys: readonly PartKey[], maxAgeMs: number): Promise<ReadonlyMap<string, Part>>;
  /** To be called before parts are read. What it returns keeps them; a part may not be changed from then on. */
  begin(): (key: PartKey, value: unknown) => void;
  copies(): Iterable<Copy>;
}

const MAX_BYTES = 4_194_304;
/** Parts are small, and their exact size is not worth writing each of them down. */
const PART_BYTES = 256;

export function createParts(options: {
  log: InvalidationLog;
  answers: CopyAnswers;
  shared: { tier: SharedTier; reader: SharedReader } | undefined;
  clock: Clock;
}): Parts {
  const { log, answers, shared, clock } = options;
  const memory = createMemoryStore({ maxBytes: MAX_BYTES });

  /** Whether all that was invalidated by now of their tags is in the log. */
  const isHeard = async (copies: readonly Copy[]): Promise<boolean> => {
    if (shared === undefined) return true;
    const tags = [...new Set(copies.flatMap(({ header }) => header.tags))];
    const since = Math.min(...copies.map(({ header }) => header.moment?.count ?? 0));
    const budget = shared.tier.requestBudget();
    return (await shared.reader.read({ entry: undefined, tags, since, budget })) !== undefined;
  };

  return {
    take: async (keys, maxAgeMs) => {
      const held: Copy[] = [];
      for (const { name } of keys) {
        const copy = memory.get(name);
        if (copy !== undefined && clock.monotonic() - copy.bornAt < maxAgeMs) held.push(copy);
      }
      const parts = new Map<string, Part>();
      if (held.length === 0 || !(await isHeard(held))) return parts;
      for (const copy of held) {
        const { header, value, bornAt } = copy;
        if (answers.verdict(copy) === 'valid') parts.set(header.key, { value, ageMs: clock.monotonic() - bornAt });
      }
      return parts;
    },
    begin: () => {
      const { seq, moment } = log;
      const [readAt, bornAt] = [clock.now(), clock.monotonic()];
      return ({ name, tags }, value) => {
        memory.set(name, {
          header: { ...{ id: name, key: name, readAt, moment, tags, degraded: false, partsAgeMs: 0 }, ...lifetimes },
          ...{ value, bytes: PART_BYTES, bornAt, asOf: seq, settled: 'valid', epoch: 0, checkedAt: bornAt },
        });
      };
    },
    copies: memory.copies,
  };
}

/** How old a part may be is for those to say who take it. */
const lifetimes = {
  freshMs: Number.POSITIVE_INFINITY,
  staleMs: Number.POSITIVE_INFINITY,
  graceMs: Number.POSITIVE_INFINITY,
};
