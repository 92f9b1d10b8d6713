import type { Emitter } from '../core/emitter.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Why a load was refused: its source's queue is full, too many requests wait in all, or the event loop lags. */
export type ShedReason = 'source' | 'waiting' | 'event-loop';

/** Events of load protection. `label` is a section id. */
export interface SourceEventMap {
  breaker: { label: string; state: BreakerState };
  shed: { reason: ShedReason; label?: string };
}

export type SourceEvents = Emitter<SourceEventMap>;
