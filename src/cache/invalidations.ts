import type { Clock } from '../core/clock.js';
import type { CacheEvents } from './cache-events.js';
import type { HeardInvalidations } from './heard.js';
import type { SharedTier } from './shared/shared-tier.js';
import type { InvalidationMode } from './stamp.js';

interface Outgoing {
  tag: string;
  mode: InvalidationMode;
  seq: number;
  /** When the shared tier said that it has it; kept a little longer, for a failover that loses it (replication is asynchronous). */
  confirmedAt?: number;
}

/** Carries this process' invalidations to the shared tier, at once or as soon as it is back. */
export interface Invalidations {
  invalidate(tags: readonly string[], mode: InvalidationMode): Promise<void>;
  /** Up to here everything heard is known to the shared tier as well: what it says may be trusted from there on. */
  sharedAsOf(): number;
  /** After a (re)connection: sends again what may have been lost. */
  replay(): void;
  close(): void;
}

export interface InvalidationsOptions {
  tier: SharedTier | undefined;
  heard: HeardInvalidations;
  clock: Clock;
  events: CacheEvents;
  /** Name of this process in messages. */
  origin: string;
}

const RETRY_MS = 250;
const REPLAY_WINDOW_MS = 10_000;
/** Tags in one round trip. */
const CHUNK = 500;

export function createInvalidations(options: InvalidationsOptions): Invalidations {
  const { tier, heard, clock, events, origin } = options;
  /** By mode and tag, oldest first; the same tag again replaces the older one. */
  const pending = new Map<string, Outgoing>();
  const recent = new Map<string, Outgoing>();
  let cancelRetry: (() => void) | undefined;
  let closed = false;

  const enqueue = (outgoing: Outgoing) => {
    const name = `${outgoing.mode} ${outgoing.tag}`;
    pending.delete(name);
    pending.set(name, outgoing);
  };

  const send = async (batch: readonly Outgoing[], mode: InvalidationMode): Promise<boolean> => {
    const tags = batch.map(({ tag }) => tag);
    const answer = await tier?.attempt((store) => store.invalidate({ tags, mode, origin }), tier.patience());
    if (!answer) return false;
    for (const outgoing of batch) {
      const name = `${mode} ${outgoing.tag}`;
      heard.confirm(outgoing.tag, mode, outgoing.seq, answer.value);
      if (pending.get(name) === outgoing) pending.delete(name);
      recent.delete(name);
      recent.set(name, { ...outgoing, confirmedAt: clock.now() });
    }
    forgetOld();
    return true;
  };

  const forgetOld = () => {
    for (const [name, { confirmedAt = 0 }] of recent) {
      if (confirmedAt + REPLAY_WINDOW_MS > clock.now()) return;
      recent.delete(name);
    }
  };

  let flushing = Promise.resolve();

  /** One after the other, so that nothing is sent twice. */
  const flush = () => {
    flushing = flushing.then(sendPending);
    return flushing;
  };

  const sendPending = async () => {
    for (const mode of ['hard', 'soft'] as const) {
      for (;;) {
        const batch = [...pending.values()].filter((outgoing) => outgoing.mode === mode).slice(0, CHUNK);
        if (batch.length === 0) break;
        if (!(await send(batch, mode))) return retryLater();
      }
    }
  };

  const retryLater = () => {
    if (closed) return;
    cancelRetry ??= clock.after(RETRY_MS, () => {
      cancelRetry = undefined;
      void flush();
    });
  };

  return {
    invalidate: async (tags, mode) => {
      if (tags.length === 0) return;
      for (const tag of new Set(tags)) {
        const outgoing = { tag, mode, seq: heard.note(tag, mode) };
        if (tier) enqueue(outgoing);
      }
      events.emit('invalidation', { mode, tags: tags.length, origin: 'local' });
      if (tier) await flush();
    },
    sharedAsOf: () => {
      let asOf = heard.seq;
      for (const { seq } of pending.values()) asOf = Math.min(asOf, seq - 1);
      return asOf;
    },
    replay: () => {
      forgetOld();
      const lost = [...recent.values()].filter(({ tag, mode }) => !pending.has(`${mode} ${tag}`));
      for (const { tag, mode, seq } of lost) enqueue({ tag, mode, seq });
      if (pending.size === 0) return;
      if (lost.length > 0) events.emit('invalidation', { mode: 'soft', tags: lost.length, origin: 'replay' });
      void flush();
    },
    close: () => {
      closed = true;
      cancelRetry?.();
    },
  };
}
