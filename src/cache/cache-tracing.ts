import type { Span, Tracer } from '../core/tracer.js';
import { traced } from '../core/tracer.js';
import type { Ask } from './ask.js';
import type { LoadAndKeep } from './loading/load-and-keep.js';
import type { CacheFlight } from './resolve.js';
import type { Leases } from './shared/lease.js';
import type { LookUp } from './shared/shared-look.js';

type Resolve = (flight: CacheFlight, ask: Ask) => Promise<void>;

/** Puts spans around the cache's steps; without a tracer every step stays what it is. */
export interface CacheTracing {
  resolve(resolve: Resolve): Resolve;
  lookUp(lookUp: LookUp): LookUp;
  leases(leases: Leases): Leases;
  loadAndKeep(loadAndKeep: LoadAndKeep): LoadAndKeep;
  /** A caller begins to wait for a key: its span points to the load that is under way, if it has not begun it itself. */
  waits(key: string, ask: Ask): void;
}

const untraced: CacheTracing = {
  resolve: (resolve) => resolve,
  lookUp: (lookUp) => lookUp,
  leases: (leases) => leases,
  loadAndKeep: (loadAndKeep) => loadAndKeep,
  waits: () => undefined,
};

/** A flight's spans belong to the caller who began it; those who join it have links to its load. */
export function createCacheTracing(tracer: Tracer | undefined): CacheTracing {
  if (tracer === undefined) return untraced;
  /** Loads that are under way, by key. */
  const loads = new Map<string, Span>();
  const redis = { 'db.system.name': 'redis' };

  return {
    resolve: (resolve) => async (flight, ask) => {
      if (ask.span !== undefined) return ask.span.within(() => resolve(flight, ask));
      const span = tracer.startApart(`background ${ask.label}`, { 'homepage.section': ask.label });
      return span.within(() => resolve(flight, ask)).finally(() => span.end());
    },
    lookUp: (lookUp) => (key, id, ask, budget) =>
      traced(
        tracer,
        'look',
        redis,
        async (span) => {
          const look = await lookUp(key, id, ask, budget);
          span?.set({ 'homepage.answered': look !== undefined, 'homepage.found': look?.copy !== undefined });
          return look;
        },
        { kind: 'client' },
      ),
    leases: (leases) => ({
      ...leases,
      acquire: (request, budget) =>
        traced(
          tracer,
          'lease',
          redis,
          async (span) => {
            const turn = await leases.acquire(request, budget);
            span?.set({ 'homepage.lease': typeof turn === 'string' ? turn : turn === undefined ? 'none' : 'won' });
            return turn;
          },
          { kind: 'client' },
        ),
      watch: (id) => {
        const watch = leases.watch(id);
        return { ...watch, ended: (ms, signal) => traced(tracer, 'lease wait', {}, () => watch.ended(ms, signal)) };
      },
    }),
    loadAndKeep: (loadAndKeep) => (flight, ask, held) =>
      traced(tracer, `load ${ask.label}`, { 'homepage.background': flight.background }, async (span) => {
        if (span === undefined) return loadAndKeep(flight, ask, held);
        loads.set(flight.key, span);
        for (const waiter of flight.waiters) if (waiter.ask.span !== ask.span) waiter.ask.span?.link(span);
        const outcome = await loadAndKeep(flight, ask, held).finally(() => loads.delete(flight.key));
        if (outcome === 'ended') span.set({ 'homepage.abandoned': true });
        else if ('error' in outcome) span.fail(outcome.error);
        return outcome;
      }),
    waits: (key, { span }) => {
      const load = loads.get(key);
      if (load !== undefined) span?.link(load);
    },
  };
}
