import type { Emitter } from '../core/emitter.js';

export type BreakerState = 'closed' | 'open' | 'half-open';

/** Why something was not even tried: too many wait already, for one section's source or in all, or the event loop lags. */
export type ShedReason = 'source' | 'waiting' | 'event-loop';

/** What keeps the sources from harm, and the process from drowning, tells whoever listens. `label` is a section id. */
export interface SourceEventMap {
  breaker: { label: string; state: BreakerState };
  shed: { reason: ShedReason; label?: string };
}

export type SourceEvents = Emitter<SourceEventMap>;
