import { createEmitter, type Emitter } from '../core/emitter.js';
import type { CacheResult } from './ask.js';
import type { InvalidationMode } from './invalidation-log.js';

/** What the cache tells its listeners. `label` is the section id given with `get`; keys and users never appear. */
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
  /** What Redis holds under the key is no entry of this version, or of another type; counted as a miss. */
  corrupt: { label: string; reason: string };
}

export type CacheEventName = keyof CacheEventMap;

export type CacheEvents = Emitter<CacheEventMap>;

/** Tells what was served: a copy, a copy within its grace because the load failed, or what a load has read. */
export function emitServed(
  events: CacheEvents,
  label: string,
  { status, ageMs }: CacheResult<unknown>,
  from: 'copy' | 'grace' | 'load',
): void {
  if (status === 'STALE') events.emit('stale', { label, ageMs, grace: from === 'grace' });
  else if (from === 'load') events.emit('miss', { label });
  else events.emit('hit', { label, ageMs });
}

export const createCacheEvents = (): CacheEvents => createEmitter<CacheEventMap>();
