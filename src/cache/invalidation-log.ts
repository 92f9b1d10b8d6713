/** soft: what depends on the tag is stale and is renewed; hard: it must not be served (a price, an item taken down). */
export type InvalidationMode = 'soft' | 'hard';

/**
 * A moment of the logical clock in Redis. Every invalidation moves `count` on, which never falls behind the server's time in
 * microseconds. `incarnation` is another one when the server has started anew, on a dump or empty, or has lost its clock:
 * then invalidations may be missing from what it says.
 */
export interface Moment {
  readonly incarnation: string;
  readonly count: number;
}

/**
 * What the log says about a value.
 * valid: nothing it depends on was invalidated since its load began; stale: softly; forbidden: hard;
 * unverified: nothing is known against it, but an invalidation may have been missed: it serves when the load fails, no more.
 */
export type Verdict = 'valid' | 'stale' | 'unverified' | 'forbidden';

/** What a value depends on, and what was known when its load began. */
export interface Dependence {
  readonly tags: readonly string[];
  /** `InvalidationLog.seq` at that time: invalidations up to it are in the value. */
  readonly asOf: number;
  /** The last moment of the shared clock that was known at that time; undefined when there was none. */
  readonly moment: Moment | undefined;
}

/** Every value depends on it: an invalidation of everything that was loaded before. */
export const EVERYTHING = '*';

/**
 * The invalidations that this process knows of: its own at once, those of others by message or by a look at Redis. A copy in
 * memory is judged by it without asking Redis.
 */
export interface InvalidationLog {
  /** Number of the last invalidation noted or heard. */
  readonly seq: number;
  /** Another one whenever a verdict may have changed. */
  readonly version: number;
  /** The present moment of the shared clock, as far as this process has heard. */
  readonly moment: Moment | undefined;
  /** Notes an invalidation made in this process, which Redis does not have yet. Answers its number. */
  note(tag: string, mode: InvalidationMode): number;
  /**
   * Redis has marked the tag with `count` for the invalidation that was noted under `seq`. It counts as heard just now: its mark may
   * hide an earlier one of another process, so what was loaded since it was noted, without knowing of `count`, may lack that one.
   */
  confirm(tag: string, mode: InvalidationMode, seq: number, count: number): void;
  /** Redis has marked the tag with `count`. News only when no later count is known: hearing it again changes nothing. */
  hear(tag: string, mode: InvalidationMode, count: number): void;
  /** What a look at Redis says of its clock. `floor`: it has dropped the marks up to this count. True when the incarnation is another one. */
  sync(moment: Moment, floor: number): boolean;
  /** A message says that the clock has come so far; of another incarnation than the present one it says nothing. */
  advance(moment: Moment): void;
  judge(dependence: Dependence): Verdict;
  /** Where a value begins that was read from Redis together with the marks on its tags. */
  readonly verifiedAsOf: number;
}

interface Marks {
  /** The last one of this process; without `count` until Redis has marked it. */
  own?: { seq: number; count?: number };
  /** The last one of another process, or of this one before it was restarted. */
  heard?: { seq: number; count: number };
}

const severity: Record<Verdict, number> = { valid: 0, stale: 1, unverified: 2, forbidden: 3 };

export function graver(one: Verdict, other: Verdict): Verdict {
  return severity[one] >= severity[other] ? one : other;
}

export interface InvalidationLogOptions {
  /** Tags remembered for each mode. */
  maxTags?: number;
  /**
   * Called before the oldest tags are forgotten. What is kept must be judged now for the last time by what is known so far;
   * a load that began before this and has not ended counts as invalidated.
   */
  beforeForgetting?: () => void;
}

export function createInvalidationLog(options: InvalidationLogOptions = {}): InvalidationLog {
  const { maxTags = 50_000, beforeForgetting = () => {} } = options;
  const byMode: Record<InvalidationMode, Map<string, Marks>> = { soft: new Map(), hard: new Map() };
  const forgottenUpTo: Record<InvalidationMode, number> = { soft: 0, hard: 0 };
  let seq = 0;
  let version = 0;
  let present: Moment | undefined;
  let presentFloor = 0;

  const update = (tag: string, mode: InvalidationMode, marks: Marks) => {
    const map = byMode[mode];
    version += 1;
    // Last in the order, so that the first of the map is the oldest.
    map.delete(tag);
    map.set(tag, marks);
    if (map.size <= maxTags) return;
    beforeForgetting();
    forgottenUpTo[mode] = seq;
    // A tenth at once: judging everything that is kept is not for each new tag.
    for (const oldest of map.keys()) {
      if (map.size <= maxTags * 0.9) return;
      map.delete(oldest);
    }
  };

  const advance = (moment: Moment) => {
    if (moment.incarnation === present?.incarnation && moment.count > present.count) present = moment;
  };

  const isMarked = (tag: string, mode: InvalidationMode, { asOf, moment }: Dependence): boolean => {
    const { own, heard } = byMode[mode].get(tag) ?? {};
    const counts = (mark: { seq: number; count?: number } | undefined) =>
      mark !== undefined &&
      mark.seq > asOf &&
      (mark.count === undefined || moment === undefined || mark.count > moment.count);
    return counts(own) || counts(heard);
  };

  const isInvalidated = (mode: InvalidationMode, dependence: Dependence): boolean =>
    dependence.asOf < forgottenUpTo[mode] ||
    isMarked(EVERYTHING, mode, dependence) ||
    dependence.tags.some((tag) => isMarked(tag, mode, dependence));

  const isVerifiable = ({ moment }: Dependence): boolean =>
    present === undefined ||
    (moment !== undefined && moment.incarnation === present.incarnation && moment.count >= presentFloor);

  return {
    get seq() {
      return seq;
    },
    get version() {
      return version;
    },
    get moment() {
      return present;
    },
    get verifiedAsOf() {
      return Math.max(forgottenUpTo.soft, forgottenUpTo.hard);
    },
    note: (tag, mode) => {
      seq += 1;
      update(tag, mode, { ...byMode[mode].get(tag), own: { seq } });
      return seq;
    },
    confirm: (tag, mode, at, count) => {
      const own = byMode[mode].get(tag)?.own;
      if (own?.seq !== at) return;
      seq += 1;
      own.seq = seq;
      own.count = count;
      version += 1;
    },
    hear: (tag, mode, count) => {
      const marks = byMode[mode].get(tag);
      if (Math.max(marks?.own?.count ?? 0, marks?.heard?.count ?? 0) >= count) return;
      seq += 1;
      update(tag, mode, { ...marks, heard: { seq, count } });
    },
    sync: (moment, floor) => {
      const isNew = present?.incarnation !== moment.incarnation;
      const isAnother = isNew && present !== undefined;
      if (isNew) present = moment;
      else advance(moment);
      if (isNew || presentFloor !== floor) version += 1;
      presentFloor = floor;
      return isAnother;
    },
    advance,
    judge: (dependence) => {
      if (isInvalidated('hard', dependence)) return 'forbidden';
      if (!isVerifiable(dependence)) return 'unverified';
      return isInvalidated('soft', dependence) ? 'stale' : 'valid';
    },
  };
}
