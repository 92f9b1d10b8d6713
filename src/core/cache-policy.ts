/**
 * How long an entry of the cache serves. A section states its own policy where it needs another one. Ages count from the
 * moment at which the load began; `CACHE_TTL` scales `freshMs` and `staleMs` together.
 */
export const standardPolicy = {
  /** Below this age an entry is served as CACHED. */
  freshMs: 180_000,
  /** Below this age it is served as STALE while it is renewed in the background (RFC 5861, stale-while-revalidate). */
  staleMs: 300_000,
  /** Below this age it is served as STALE when loading fails (RFC 5861, stale-if-error): a day. */
  graceMs: 86_400_000,
  /** False: past `freshMs` the caller waits for a load instead of getting a stale copy. */
  staleWhileRevalidate: true,
  /** How long a failed load is remembered (negative entry), a quarter more or less by chance: nothing is asked meanwhile. */
  negativeMs: 1000,
  /** While a copy in grace serves, `negativeMs` doubles with each failure in a row, up to this. */
  backoffMaxMs: 30_000,
  /** How long a degraded value serves: one whose references could not be read. */
  briefMs: 1000,
  /** After this long a copy in process memory is checked against the shared tier again. */
  memoryMs: 60_000,
  /** How long the shared tier keeps an entry. Less than `graceMs` leaves the rest of the grace to process memory. */
  sharedMs: 86_400_000,
};

export type CachePolicy = Readonly<typeof standardPolicy>;

/** `CACHE_TTL` (seconds) at which policies hold as they are stated: the `staleMs` of the standard policy. */
export const STANDARD_TTL_SECONDS = standardPolicy.staleMs / 1000;

/** A lease lets one process load a key while the others wait for its entry, or serve a stale one. */
export const leasePolicy = {
  /** A lease lives this long and is renewed every third of it while its load runs: so long a dead process holds up the others. */
  leaseMs: 2000,
  /** How often a waiting process looks for the entry, in case the message that announces it was lost. */
  pollMs: 100,
  /** The longest that a load may take. Past it the load counts as failed and its lease ends. */
  loadLimitMs: 30_000,
};
