import { LRUCache } from 'lru-cache';
import type { Clock } from '../core/clock.js';
import type { CopyAnswers } from './copy-answers.js';
import type { Judged } from './entry.js';
import type { InvalidationLog } from './invalidation-log.js';
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
  /** Those that memory holds, to be judged before the log forgets. */
  all(): Iterable<Judged>;
}

/** Parts are small: a few names and numbers each. */
const MAX_PARTS = 2400;

/** A part in memory. */
interface HeldPart extends Judged {
  readonly name: string;
  readonly value: unknown;
  /** Before it was read, in this process' monotonic time. */
  readonly bornAt: number;
}

export function createParts(options: {
  log: InvalidationLog;
  answers: CopyAnswers;
  shared: { tier: SharedTier; reader: SharedReader } | undefined;
  clock: Clock;
}): Parts {
  const { log, answers, shared, clock } = options;
  const memory = new LRUCache<string, HeldPart>({ max: MAX_PARTS });

  /** Whether all that was invalidated by now of their tags is in the log. */
  const isHeard = async (parts: readonly HeldPart[]): Promise<boolean> => {
    if (shared === undefined) return true;
    const tags = [...new Set(parts.flatMap(({ header }) => header.tags))];
    const since = Math.min(...parts.map(({ header }) => header.moment?.count ?? 0));
    const budget = shared.tier.requestBudget();
    return (await shared.reader.read({ entry: undefined, tags, since, budget })) !== undefined;
  };

  return {
    take: async (keys, maxAgeMs) => {
      const held: HeldPart[] = [];
      for (const { name } of keys) {
        const part = memory.get(name);
        if (part !== undefined && clock.monotonic() - part.bornAt < maxAgeMs) held.push(part);
      }
      const parts = new Map<string, Part>();
      if (held.length === 0 || !(await isHeard(held))) return parts;
      for (const part of held) {
        const { name, value, bornAt } = part;
        if (answers.verdict(part) === 'valid') parts.set(name, { value, ageMs: clock.monotonic() - bornAt });
      }
      return parts;
    },
    begin: () => {
      const { seq, moment } = log;
      const bornAt = clock.monotonic();
      return ({ name, tags }, value) => {
        memory.set(name, { name, value, bornAt, header: { tags, moment }, asOf: seq, settled: 'valid' });
      };
    },
    all: () => memory.values(),
  };
}
