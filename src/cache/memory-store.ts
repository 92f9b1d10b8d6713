import { LRUCache } from 'lru-cache';
import type { Copy } from './entry.js';

/** The tier nearest to the caller. */
export interface MemoryStore {
  get(key: string): Copy | undefined;
  /** A copy larger than the store, or than the share of its group, is not kept. */
  set(key: string, copy: Copy, group?: string): void;
  copies(): Iterable<Copy>;
  /** Estimated bytes in use, never above the bound. */
  readonly bytes: number;
  readonly size: number;
  /** How many copies it had no room for. */
  readonly evictions: number;
}

/** A parsed list of twenty products took 1.6 bytes of heap for each byte of its JSON (Node 20); with some reserve: two. */
const BYTES_PER_TEXT_BYTE = 2;
const COPY_OVERHEAD_BYTES = 1024;

/**
 * Bounded in bytes, least recently used first. `shares` bounds what the keys of a group may take, so that a client who asks for
 * many of them (places) does not displace what all clients read.
 */
export function createMemoryStore(options: {
  maxBytes: number;
  /** By name of a group: its share of the bytes, between 0 and 1. What is in no group has the rest. */
  shares?: Readonly<Record<string, number>>;
}): MemoryStore {
  const { maxBytes, shares = {} } = options;
  let evictions = 0;
  const open = (share: number) =>
    new LRUCache<string, Copy>({
      dispose: (_copy, _key, reason) => {
        if (reason === 'evict') evictions += 1;
      },
      maxSize: Math.max(1, Math.floor(maxBytes * share)),
      sizeCalculation: ({ bytes, header }, key) =>
        COPY_OVERHEAD_BYTES + bytes * BYTES_PER_TEXT_BYTE + 2 * key.length + 64 * header.tags.length,
    });
  const groups = new Map(Object.entries(shares).map(([group, share]) => [group, open(share)] as const));
  const common = open(1 - Object.values(shares).reduce((sum, share) => sum + share, 0));
  const stores = [common, ...groups.values()];
  const sum = (of: (store: (typeof stores)[number]) => number) => stores.reduce((total, store) => total + of(store), 0);

  return {
    get: (key) => {
      const copy = common.get(key);
      if (copy !== undefined || groups.size === 0) return copy;
      for (const store of groups.values()) {
        const found = store.get(key);
        if (found !== undefined) return found;
      }
      return undefined;
    },
    set: (key, copy, group) => {
      ((group === undefined ? undefined : groups.get(group)) ?? common).set(key, copy);
    },
    *copies() {
      for (const store of stores) yield* store.values();
    },
    get bytes() {
      return sum((store) => store.calculatedSize);
    },
    get evictions() {
      return evictions;
    },
    get size() {
      return sum((store) => store.size);
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
