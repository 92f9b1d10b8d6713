import type { CacheResult } from '../cache/ask.js';
import type { AppError } from '../core/errors.js';
import type { SectionValue } from './sources/section-source.js';

/** How one section was served, as clients are told. */
export interface SectionStatus {
  section: string;
  status: CacheResult<SectionValue>['status'] | 'FAILED';
  /** Milliseconds since it was read from the database; 0 when it failed. */
  ageMs: number;
  /** Milliseconds that the request waited for it. */
  durationMs: number;
}

/** How a section came out for one request: with an answer, or with an error. */
export interface Outcome extends SectionStatus {
  /** Whether the request asked for it past every copy. */
  fresh: boolean;
  answer?: CacheResult<SectionValue>;
  error?: AppError;
}

/** True when something was served and nothing of it was read for this request. */
export function isFromCache(outcomes: readonly Outcome[]): boolean {
  let served = false;
  for (const { answer, status } of outcomes) {
    if (status === 'FRESH') return false;
    served ||= answer !== undefined;
  }
  return served;
}

/** Seconds for which everything that was served stays fresh; 0 when nothing was served. */
export function ttlSeconds(served: readonly { readonly freshForMs: number }[]): number {
  let freshForMs = Number.POSITIVE_INFINITY;
  for (const answer of served) freshForMs = Math.min(freshForMs, answer.freshForMs);
  return Number.isFinite(freshForMs) ? Math.floor(freshForMs / 1000) : 0;
}

/** Mean score of the first `limit` items that were recommended to the viewer; null when there are none. */
export function meanScore(outcomes: readonly Outcome[], limit: number): number | null {
  const scores = outcomes.flatMap(({ answer }) =>
    (answer?.value.items.slice(0, limit) ?? []).flatMap((item) => answer?.value.scores?.[String(item['id'])] ?? []),
  );
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}
