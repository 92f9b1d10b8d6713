import { LRUCache } from 'lru-cache';
import type { EntryHeader } from './entry.js';
import type { Verdict } from './stamp.js';

/** An entry in process memory: the value is shared by all who read it and is frozen. */
export interface Copy {
  readonly header: EntryHeader;
  readonly value: unknown;
  /** Length of the value as text, in bytes. */
  readonly bytes: number;
  /** Bookkeeping, not content: since when heard invalidations count, and when and on which link it was last verified. */
  asOf: number;
  session: number;
  checkedAt: number;
  /** What the shared tier said about it when it was last asked. */
  verdict: Verdict;
}

/** The tier nearest to the caller. */
export interface MemoryStore {
  get(key: string): Copy | undefined;
  /** A copy larger than the store is not kept. */
  set(key: string, copy: Copy): void;
  delete(key: string): void;
  /** Estimated bytes in use, never above the bound. */
  readonly bytes: number;
  readonly size: number;
}

/** A parsed list of twenty products took 1.6 bytes of heap for each byte of its JSON (Node 20); with some reserve: two. */
const BYTES_PER_TEXT_BYTE = 2;
const COPY_OVERHEAD_BYTES = 1024;

export function createMemoryStore(options: { maxBytes: number }): MemoryStore {
  const copies = new LRUCache<string, Copy>({
    maxSize: options.maxBytes,
    sizeCalculation: ({ bytes, header }, key) =>
      COPY_OVERHEAD_BYTES + bytes * BYTES_PER_TEXT_BYTE + 2 * key.length + 64 * header.tags.length,
  });

  return {
    get: (key) => copies.get(key),
    set: (key, copy) => {
      copies.set(key, copy);
    },
    delete: (key) => {
      copies.delete(key);
    },
    get bytes() {
      return copies.calculatedSize;
    },
    get size() {
      return copies.size;
    },
  };
}

/** Freezes a value of JSON through and through. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value) && !ArrayBuffer.isView(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
