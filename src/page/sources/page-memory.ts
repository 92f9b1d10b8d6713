import { createMemoryStore, type MemoryStore } from '../../cache/memory-store.js';

/** Share of process memory that entries of places may take: one client can ask for any number of them. */
const PLACES_SHARE = 0.25;
/** With `CACHE_MEMORY_BYTES=0`: bytes of copies that are served only when Redis says that they stand, so that it need not send them. */
const LOOKED_AT_BYTES = 16_777_216;

/** The memory tier of `CACHE_MEMORY_BYTES`, and whether Redis is asked for each of its copies each time: with 0, where there is one. */
export function createPageMemory(options: { memoryBytes: number; hasRedis: boolean }): {
  memory: MemoryStore;
  alwaysLook: boolean;
} {
  const { memoryBytes, hasRedis } = options;
  const alwaysLook = memoryBytes === 0 && hasRedis;
  const maxBytes = alwaysLook ? LOOKED_AT_BYTES : memoryBytes;
  return { memory: createMemoryStore({ maxBytes, shares: { place: PLACES_SHARE } }), alwaysLook };
}
