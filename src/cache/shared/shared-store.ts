import type { InvalidationMode, Stamp, TagStamps } from '../stamp.js';

/** Everything that one look at the shared store tells, in the order in which it was asked for. */
export interface SharedReading {
  readonly entries: readonly (Buffer | undefined)[];
  readonly tags: readonly (TagStamps | undefined)[];
  /** The present moment of the shared clock. */
  readonly moment: Stamp;
}

export interface Commit {
  readonly id: string;
  readonly lease: string;
  readonly bytes: Buffer;
  readonly ttlMs: number;
  readonly tags: readonly string[];
  /** The moment at which the load began; tags that the store does not know get it as their first stamp. */
  readonly moment: Stamp;
}

/** What the store says unasked. */
export interface SharedListener {
  invalidated(tag: string, mode: InvalidationMode, stamp: Stamp, origin: string): void;
  /** A lease on this id has ended: there is an entry, or somebody else may load. */
  ready(id: string): void;
  /** From now on every message arrives; what was said before may have been missed. */
  linked(): void;
  unlinked(): void;
}

/**
 * The contract of the tier that processes share (`test/cache/shared-store.contract.ts` holds every implementation to it).
 * Every method may reject or never answer: the failure policy is in `shared-tier.ts` and nowhere else. Ids are made by
 * `storeIdOf`. Everything stored goes away by itself some time.
 */
export interface SharedStore {
  /** One round trip for all of it. */
  read(request: { ids: readonly string[]; tags: readonly string[] }): Promise<SharedReading>;
  /**
   * Takes the lease on an id. `changed`: the entry no longer begins with `head` (see `headOf`), somebody has loaded it since
   * it was read. Leases as in Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), section 3.2.1.
   */
  acquire(request: { id: string; lease: string; ttlMs: number; head: string }): Promise<'won' | 'held' | 'changed'>;
  /** False when the lease is no longer this one. */
  renew(request: { id: string; lease: string; ttlMs: number }): Promise<boolean>;
  /** Ends the lease if it is this one, and tells everybody. */
  release(request: { id: string; lease: string }): Promise<void>;
  /** Stores the entry and ends the lease, or does neither when the lease is no longer this one (false). */
  commit(commit: Commit): Promise<boolean>;
  /** Moves the clock on and leaves the new moment on the tags; everybody is told. */
  invalidate(request: { tags: readonly string[]; mode: InvalidationMode; origin: string }): Promise<Stamp>;
  open(listener: SharedListener): void;
  close(): Promise<void>;
}
