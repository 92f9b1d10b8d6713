import { type InvalidationMode, isCovered, isLater, type Stamp, type Verdict } from './stamp.js';

interface Note {
  /** The last one that the shared tier has, and the latest stamp that it left; what was loaded from then on is not touched. */
  stamped?: { seq: number; stamp: Stamp };
  /** The last one that the shared tier does not have yet. Kept apart: a late message must not hide it. */
  pending?: number;
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
  judge(dependence: Dependence): Verdict;
  /** The same for a caller who asked at `askedSeq`: what was invalidated only after it asked, it may have all the same. */
  judgeFor(askedSeq: number, dependence: Dependence): Verdict;
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
      for (const note of [notes.soft, notes.hard]) {
        forgottenUpTo = Math.max(forgottenUpTo, note?.pending ?? 0, note?.stamped?.seq ?? 0);
      }
      notesByTag.delete(tag);
    }
  };

  const counts = (note: Note | undefined, { asOf, moment }: Dependence): boolean => {
    if (!note) return false;
    if ((note.pending ?? 0) > asOf) return true;
    if (!note.stamped || note.stamped.seq <= asOf) return false;
    return moment === undefined || !isCovered(note.stamped.stamp, moment);
  };

  const stamped = (note: Note, at: number, stamp: Stamp) => {
    const known = note.stamped;
    note.stamped = known
      ? { seq: Math.max(known.seq, at), stamp: isLater(stamp, known.stamp) ? stamp : known.stamp }
      : { seq: at, stamp };
  };

  const judge = (dependence: Dependence): Verdict => {
    if (dependence.asOf >= seq) return 'valid';
    if (dependence.asOf < forgottenUpTo) return 'hard';
    let verdict: Verdict = 'valid';
    for (const tag of dependence.tags) {
      const notes = notesByTag.get(tag);
      if (!notes) continue;
      if (counts(notes.hard, dependence)) return 'hard';
      if (counts(notes.soft, dependence)) verdict = 'soft';
    }
    return verdict;
  };

  return {
    get seq() {
      return seq;
    },
    note: (tag, mode, stamp) => {
      seq += 1;
      const notes = notesByTag.get(tag) ?? {};
      const note = notes[mode] ?? {};
      notes[mode] = note;
      if (stamp === undefined) note.pending = seq;
      else stamped(note, seq, stamp);
      notesByTag.delete(tag);
      notesByTag.set(tag, notes);
      forget();
      return seq;
    },
    confirm: (tag, mode, at, stamp) => {
      const note = notesByTag.get(tag)?.[mode];
      if (!note) return;
      stamped(note, at, stamp);
      if (note.pending === at) delete note.pending;
    },
    judge,
    // Which of several on one tag came first is not kept: if any was heard before the question, all count.
    judgeFor: (askedSeq, dependence) => (askedSeq <= dependence.asOf ? 'valid' : judge(dependence)),
  };
}
