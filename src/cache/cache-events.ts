import { createEmitter, type Emitter } from '../core/emitter.js';
import type { InvalidationMode } from './stamp.js';

/** What the cache tells whoever listens. `label` is the section id given with `get`; keys and users never appear. */
export interface CacheEventMap {
  /** Served from a copy that is fresh. */
  hit: { label: string; ageMs: number };
  /** Served from a load that was made (or joined) for this request. */
  miss: { label: string };
  /** Served from a copy that is past its freshness; `grace`: only because the load failed. */
  stale: { label: string; ageMs: number; grace: boolean };
  /** A load ended well. */
  load: { label: string; durationMs: number; background: boolean };
  /** A load failed, or its value could not be kept (`stage` tells); `error` is what was thrown. */
  failure: { label: string; error: unknown; stage: 'load' | 'encode' };
  /** Tags were invalidated here, in another process, or once more because Redis may have missed it. */
  invalidation: { mode: InvalidationMode; tags: number; origin: 'local' | 'remote' | 'replay' };
  leaseWon: { label: string };
  /** The lease was held by another process, or it ran out while the load went on. */
  leaseLost: { label: string; reason: 'held' | 'expired' };
  /** Redis failed or was too slow; memory alone serves from now on. */
  tierDown: { error: unknown };
  tierUp: Record<string, never>;
  /** Bytes in Redis that are no entry of this version; counted as a miss. */
  corrupt: { label: string; reason: string };
}

export type CacheEventName = keyof CacheEventMap;

export type CacheEvents = Emitter<CacheEventMap>;

export const createCacheEvents = (): CacheEvents => createEmitter<CacheEventMap>();
