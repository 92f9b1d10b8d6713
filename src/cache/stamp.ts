export type InvalidationMode = 'soft' | 'hard';

/**
 * A moment of the shared logical clock, `<incarnation>:<count>`. Every invalidation moves the clock on by at least one and
 * leaves its moment on the tags it names; a load notes the moment at which it began. The incarnation changes when Redis has
 * lost the clock, so that nothing from before can be compared with anything from after. See docs/decisions/008-cache-versions.md.
 */
export type Stamp = string;

/** The moments at which a tag was last invalidated, or first met. */
export interface TagStamps {
  soft: Stamp;
  hard: Stamp;
}

export type Verdict = 'valid' | InvalidationMode;

const severity: Record<Verdict, number> = { valid: 0, soft: 1, hard: 2 };

/** The graver of two verdicts. */
export function graver(one: Verdict, other: Verdict): Verdict {
  return severity[one] >= severity[other] ? one : other;
}

/** Whether both are moments of one clock, which has not been lost in between. */
export function isSameIncarnation(one: Stamp, other: Stamp): boolean {
  return parts(one)[0] === parts(other)[0];
}

/** Whether `stamp` is known to be no later than `moment`; false when they are of different incarnations. */
export function isCovered(stamp: Stamp, moment: Stamp): boolean {
  const [incarnation, count] = parts(stamp);
  const [ownIncarnation, ownCount] = parts(moment);
  return incarnation === ownIncarnation && count <= ownCount;
}

/**
 * Whether `stamp` was left after `other`. Counts follow the time of the Redis server, so that it can be said across
 * incarnations as well, for the order of two invalidations; what is valid is never decided by it.
 */
export function isLater(stamp: Stamp, other: Stamp): boolean {
  return parts(stamp)[1] > parts(other)[1];
}

/**
 * What the present stamps of its tags say about an entry whose load began at `moment`. A tag without stamps was lost by
 * Redis (evicted, wiped): what happened to it is unknown, so the entry must not be served.
 */
export function judge(moment: Stamp | undefined, present: readonly (TagStamps | undefined)[]): Verdict {
  if (moment === undefined) return 'hard';
  let verdict: Verdict = 'valid';
  for (const stamps of present) {
    if (!stamps || !isCovered(stamps.hard, moment)) return 'hard';
    if (!isCovered(stamps.soft, moment)) verdict = 'soft';
  }
  return verdict;
}

function parts(stamp: Stamp): [incarnation: string, count: number] {
  const colon = stamp.indexOf(':');
  return [stamp.slice(0, colon), Number(stamp.slice(colon + 1))];
}
