import type { Load } from './load.js';
import type { CachePolicy } from './policy.js';

/** FRESH: read for this request; CACHED: a copy within its freshness; STALE: a copy past it, or invalidated softly. */
export type CacheStatus = 'FRESH' | 'CACHED' | 'STALE';

/** A value and the truth about it. The value is shared and frozen. */
export interface CacheResult<T> {
  readonly value: T;
  readonly status: CacheStatus;
  /** When the load that read it began, milliseconds since the epoch. */
  readonly readAt: number;
  readonly ageMs: number;
  /** For how long it may still be called fresh; 0 when stale. */
  readonly freshForMs: number;
  /** For how long it may be served while it is renewed; 0 past stale-while-revalidate. */
  readonly staleForMs: number;
}

/** One call of `get`, and when it was made: what happened before it counts for it, what happened after need not. */
export interface Ask {
  readonly label: string;
  readonly tags: readonly string[];
  readonly policy: CachePolicy;
  readonly load: Load<unknown>;
  readonly fresh: boolean;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
  /** How many invalidations this process had heard of. */
  readonly askedSeq: number;
  /** On which link to the shared tier (`SharedTier.links`). */
  readonly askedLink: number;
}

/** Data whose load began this long before the question still counts as fresh when fresh data is asked for. */
export const FRESH_WITHIN_MS = 1000;
