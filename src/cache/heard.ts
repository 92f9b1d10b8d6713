import { type InvalidationMode, isCovered, type Stamp, type Verdict } from './stamp.js';

interface Note {
  seq: number;
  /** Unknown as long as the invalidation has not been written to the shared tier. */
  stamp: Stamp | undefined;
}

type Notes = { [Mode in InvalidationMode]?: Note };

/** What a value depends on, and since when invalidations count against it. */
export interface Dependence {
  readonly tags: readonly string[];
  /** The process' own count of invalidations when the load, or the last look at the shared tier, began. */
  readonly asOf: number;
  readonly moment?: Stamp | undefined;
}

/**
 * The invalidations that this process has heard of, in the order in which it heard of them: its own at once, those of others
 * by message. With it a copy in memory is judged without asking anybody, also while the shared tier is away.
 */
export interface HeardInvalidations {
  /** How many were heard so far. */
  readonly seq: number;
  /** Notes an invalidation and answers its number. */
  note(tag: string, mode: InvalidationMode, stamp?: Stamp): number;
  /** The shared tier has it now: an entry loaded after `stamp` is not touched by it. */
  confirm(tag: string, mode: InvalidationMode, seq: number, stamp: Stamp): void;
  /** `until`: only what was heard up to then counts (a caller who asked before an invalidation may have the older value). */
  judge(dependence: Dependence, until?: number): Verdict;
}

/** Bounded: past `maxTags` the tags heard of longest ago are forgotten, and what depends on anything so old is not served. */
export function createHeardInvalidations(options: { maxTags?: number } = {}): HeardInvalidations {
  const { maxTags = 50_000 } = options;
  const notesByTag = new Map<string, Notes>();
  let seq = 0;
  let forgottenUpTo = 0;

  const forget = () => {
    for (const [tag, notes] of notesByTag) {
      if (notesByTag.size <= maxTags) return;
      forgottenUpTo = Math.max(forgottenUpTo, notes.soft?.seq ?? 0, notes.hard?.seq ?? 0);
      notesByTag.delete(tag);
    }
  };

  const counts = (note: Note | undefined, dependence: Dependence, until: number): boolean => {
    if (!note || note.seq <= dependence.asOf || note.seq > until) return false;
    return !(note.stamp && dependence.moment && isCovered(note.stamp, dependence.moment));
  };

  return {
    get seq() {
      return seq;
    },
    note: (tag, mode, stamp) => {
      seq += 1;
      const notes = notesByTag.get(tag) ?? {};
      notes[mode] = { seq, stamp };
      notesByTag.delete(tag);
      notesByTag.set(tag, notes);
      forget();
      return seq;
    },
    confirm: (tag, mode, at, stamp) => {
      const note = notesByTag.get(tag)?.[mode];
      if (note?.seq === at) note.stamp = stamp;
    },
    judge: (dependence, until = seq) => {
      if (dependence.asOf >= seq) return 'valid';
      if (dependence.asOf < forgottenUpTo) return 'hard';
      let verdict: Verdict = 'valid';
      for (const tag of dependence.tags) {
        const notes = notesByTag.get(tag);
        if (!notes) continue;
        if (counts(notes.hard, dependence, until)) return 'hard';
        if (counts(notes.soft, dependence, until)) verdict = 'soft';
      }
      return verdict;
    },
  };
}
