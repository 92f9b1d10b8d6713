import type { InvalidationMode, Moment } from '../invalidation-log.js';

/** The counts of the clock at which a tag was last invalidated; 0 when Redis knows of none. */
export interface TagMarks {
  readonly soft: number;
  readonly hard: number;
}

/** An entry that is looked for. */
export interface EntryRequest {
  readonly id: string;
  /** How the caller's own copy of it begins (`headOf`); empty without one. */
  readonly head: string;
}

/** Everything that one look at the shared store tells, in the order in which it was asked for. */
export interface SharedReading {
  /** `unchanged`: it begins with the head that was asked for, so it is the caller's own copy. */
  readonly entries: readonly (Buffer | 'unchanged' | undefined)[];
  readonly marks: readonly TagMarks[];
  readonly moment: Moment;
  /** Marks up to this count have been dropped: an entry that is older cannot be judged. */
  readonly floor: number;
  /** The store's time at the look, in milliseconds: the time by which processes compare ages. */
  readonly now: number;
  /** Ids whose key holds something of another type, which counts as no entry. */
  readonly foreign: readonly string[];
}

export interface Commit {
  readonly id: string;
  readonly lease: string;
  readonly bytes: Buffer;
  readonly ttlMs: number;
}

export type Turn = 'won' | 'held' | 'changed' | 'refused';

export interface InvalidateRequest {
  readonly tags: readonly string[];
  readonly mode: InvalidationMode;
  /** Name of the process in messages. */
  readonly origin: string;
  /** The count of an earlier call, when it is only repeated: the mark is left at that count, and no new one is made. */
  readonly repeats?: number | undefined;
  /** The last count that the caller has heard: a clock that has lost its last steps goes on behind it. */
  readonly known: number;
}

export interface InvalidateReply {
  readonly moment: Moment;
  /** False when the store refuses writes (full, or its disk is): the processes that listen were told, and no others will know. */
  readonly marked: boolean;
}

/** What the store says unasked. */
export interface SharedListener {
  invalidated(tags: readonly string[], mode: InvalidationMode, moment: Moment, origin: string): void;
  /** A lease on this id has ended: there is an entry, or another process may load. */
  ready(id: string): void;
  /** From now on every message arrives; messages of earlier may have been missed. */
  linked(): void;
  unlinked(): void;
}

/**
 * The contract of the tier that processes share (`test/cache/shared/shared-store.contract.ts` holds every implementation to it).
 * Every method may reject or never answer: what follows from that is decided in `shared-tier.ts` and nowhere else. Ids are made
 * by `storeIdOf`. Everything stored has a TTL.
 */
export interface SharedStore {
  /** One round trip for all of it. Marks up to the count `since` may be told as 0. `known` as in `InvalidateRequest`. */
  read(request: {
    entries: readonly EntryRequest[];
    tags: readonly string[];
    since: number;
    known: number;
  }): Promise<SharedReading>;
  /**
   * Takes the lease on an id. `changed`: the entry no longer begins with `head` (see `headOf`), it was loaded since
   * it was read; `refused`: the store takes no writes at present. Leases as in Nishtala et al., "Scaling Memcache at Facebook"
   * (NSDI 2013), section 3.2.1.
   */
  acquire(request: { id: string; lease: string; ttlMs: number; head: string }): Promise<Turn>;
  /** False when the lease is no longer this one. */
  renew(request: { id: string; lease: string; ttlMs: number }): Promise<boolean>;
  /** Ends the lease if it is this one, and says so to all processes. */
  release(request: { id: string; lease: string }): Promise<void>;
  /** Stores the entry and ends the lease in one round trip; false when the lease is no longer this one, or nothing could be stored. */
  commit(commit: Commit): Promise<boolean>;
  /** Moves the clock on and leaves its count on the tags; all processes get a message. */
  invalidate(request: InvalidateRequest): Promise<InvalidateReply>;
  /** Resolves when every message that was sent before this call has been delivered. Rejects while there is no link. */
  ping(): Promise<void>;
  open(listener: SharedListener): void;
  close(): Promise<void>;
}
