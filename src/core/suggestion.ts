import { closest, distance } from 'fastest-levenshtein';

/**
 * The candidate nearest to a misspelt word by Levenshtein distance, in any case. Undefined when even the nearest differs
 * in more than a third of the longer word.
 */
export function nearest(written: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0 || written.length > 200) return undefined;
  const byLowerCase = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const lower = written.toLowerCase();
  const best = closest(lower, [...byLowerCase.keys()]);
  const near = distance(lower, best) <= Math.max(1, Math.ceil(Math.max(lower.length, best.length) / 3));
  return near ? byLowerCase.get(best) : undefined;
}

/** ` (did you mean "x"?)` to append to a message, or an empty text when no candidate is near. */
export function didYouMean(written: string, candidates: readonly string[]): string {
  const suggestion = nearest(written, candidates);
  return suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`;
}
