import type { CachePolicy } from '../core/cache-policy.js';
import type { Span } from '../core/tracer.js';
import type { Load } from './loading/run-load.js';

/** FRESH: read for this request; CACHED: a copy within its freshness; STALE: a copy past it, invalidated softly, or unverified. */
export type CacheStatus = 'FRESH' | 'CACHED' | 'STALE';

/** A value and the truth about it. The value is shared and frozen. */
export interface CacheResult<T> {
  readonly value: T;
  readonly status: CacheStatus;
  /** When the load that read it began, milliseconds since the epoch by the wall clock of the process that loaded it. */
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
  readonly group: string | undefined;
  readonly tags: readonly string[];
  readonly policy: CachePolicy;
  readonly load: Load<unknown>;
  readonly fresh: boolean;
  /** Monotonic milliseconds. */
  readonly askedAt: number;
  /** `InvalidationLog.seq` at that time; infinite when messages were not heard: what is learned later may have been before. */
  readonly askedSeq: number;
  /** `SharedLink.epochs` at that time. */
  readonly askedEpoch: number;
  /** Of the caller, where it is traced. */
  readonly span?: Span | undefined;
}

/** Data whose load began this long before the question still counts as fresh when fresh data is asked for. */
export const FRESH_WITHIN_MS = 1000;
