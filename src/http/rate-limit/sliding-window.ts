/** Sub-windows of the sliding window, and how many of them reach back a minute: the oldest one only in part. */
export const SUB_WINDOW_MS = 10_000;
const SIZE = 7;

/**
 * What one client has spent in the last minute, in one small array, because there are a hundred thousand of them: for each
 * sub-window what all processes are known to have spent, then what this one has not reported yet, then the latest sub-window's number.
 */
export type Window = Int32Array;

export const createWindow = (): Window => new Int32Array(2 * SIZE + 1);

/** The number of the sub-window of a time in milliseconds. */
export const subWindowAt = (now: number): number => Math.floor(now / SUB_WINDOW_MS);

const latest = (window: Window): number => window[2 * SIZE] ?? 0;
const knownAt = (number: number) => number % SIZE;
const ownAt = (number: number) => SIZE + (number % SIZE);
/** Seven times for each request, twice: it calls nothing itself. */
const countAt = (window: Window, number: number) =>
  (window[number % SIZE] ?? 0) + (window[SIZE + (number % SIZE)] ?? 0);

/** The number of the oldest sub-window that the window holds. */
const oldest = (window: Window) => latest(window) - SIZE + 1;

/** Forgets what is over. A clock that goes back is taken for one that stands still. */
function slide(window: Window, now: number): void {
  const present = subWindowAt(now);
  for (let number = Math.max(latest(window) + 1, present - SIZE + 1); number <= present; number++) {
    window[knownAt(number)] = 0;
    window[ownAt(number)] = 0;
  }
  window[2 * SIZE] = Math.max(present, latest(window));
}

export function spend(window: Window, now: number, cost: number): void {
  slide(window, now);
  const place = ownAt(latest(window));
  window[place] = (window[place] ?? 0) + cost;
}

/**
 * What counts of the last minute: of the oldest sub-window the share that still lies within it. Called for every request, so
 * it allocates nothing.
 */
export function spent(window: Window, now: number): number {
  let sum = 0;
  for (let number = oldest(window); number <= latest(window); number++) {
    const count = countAt(window, number);
    if (count > 0) sum += count * Math.min(Math.max(((number + SIZE) * SUB_WINDOW_MS - now) / SUB_WINDOW_MS, 0), 1);
  }
  return sum;
}

/** Seconds until `cost` more passes under `max`, if nothing else is spent; one that is beyond `max` waits for an empty window. */
export function waitSeconds(window: Window, now: number, max: number, cost: number): number {
  const limit = (SIZE * SUB_WINDOW_MS) / 1000;
  for (let seconds = 1; seconds < limit; seconds++) {
    if (fits(spent(window, now + seconds * 1000), max, cost)) return seconds;
  }
  return limit;
}

/** Whether `cost` passes. To a client that has spent nothing everything is allowed: else a small limit would forbid a dear request. */
export const fits = (used: number, max: number, cost: number): boolean => used === 0 || used + cost <= max;

/** Seconds until all that was spent is forgotten, if nothing more is. */
export function resetSeconds(window: Window, now: number): number {
  for (let number = latest(window); number >= oldest(window); number--) {
    if (countAt(window, number) === 0) continue;
    return Math.max(Math.ceil(((number + SIZE) * SUB_WINDOW_MS - now) / 1000), 0);
  }
  return 0;
}

/** What the other processes have not been told, by sub-window. */
export function unreported(window: Window, now: number): Map<number, number> {
  slide(window, now);
  const counts = new Map<number, number>();
  for (let number = oldest(window); number <= latest(window); number++) {
    const count = window[ownAt(number)] ?? 0;
    if (count > 0) counts.set(number, count);
  }
  return counts;
}

/** Takes over the sums of all processes, in which what was `reported` is contained. */
export function settle(window: Window, reported: ReadonlyMap<number, number>, sums: ReadonlyMap<number, number>): void {
  for (let number = oldest(window); number <= latest(window); number++) {
    const told = reported.get(number) ?? 0;
    // A Redis that was wiped forgets nothing that is known here.
    window[knownAt(number)] = Math.max((window[knownAt(number)] ?? 0) + told, sums.get(number) ?? 0);
    window[ownAt(number)] = (window[ownAt(number)] ?? 0) - told;
  }
}
