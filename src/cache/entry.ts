import type { Deadlines } from './policy.js';
import type { Stamp, Verdict } from './stamp.js';

/** What is known about a stored value; never changes once made. */
export interface EntryHeader extends Deadlines {
  /** Unique: two entries with one id hold the same value. */
  readonly id: string;
  readonly key: string;
  /** When the load began, milliseconds since the epoch by the loader's clock. */
  readonly readAt: number;
  readonly tags: readonly string[];
  /** The moment of the shared clock at which the load began; absent when the shared tier was away. */
  readonly moment?: Stamp;
}

export type EntryState = 'fresh' | 'stale' | 'grace' | 'dead';

/**
 * What an entry may be used for at `now`.
 * fresh: as it is; stale: served, and renewed once; grace: only when the load fails; dead: never.
 */
export function stateOf(
  header: Deadlines,
  verdict: Verdict,
  now: number,
  options: { staleWhileRevalidate: boolean },
): EntryState {
  if (verdict === 'hard' || now >= header.graceUntil) return 'dead';
  if (verdict === 'valid' && now < header.freshUntil) return 'fresh';
  return options.staleWhileRevalidate && now < header.staleUntil ? 'stale' : 'grace';
}
