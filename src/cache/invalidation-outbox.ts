import type { Clock } from '../core/clock.js';
import type { CacheEvents } from './cache-events.js';
import { EVERYTHING, type InvalidationLog, type InvalidationMode } from './invalidation-log.js';
import type { SharedTier } from './shared/shared-tier.js';

interface Outgoing {
  tag: string;
  mode: InvalidationMode;
  /** Its number in the log of this process. */
  seq: number;
  /** The count that Redis gave it. Sent again, it keeps that count, so that it touches nothing that was loaded since. */
  count?: number;
  /** When Redis had it for the first time (monotonic). */
  sentAt?: number;
}

/** Carries this process' invalidations to Redis, at once or as soon as it is back. */
export interface InvalidationOutbox {
  /** Whether Redis has all of them, so that every process can know. */
  invalidate(tags: readonly string[], mode: InvalidationMode): Promise<{ shared: boolean }>;
  /** After a new link, or when Redis has lost its memory: sends again what it had a moment ago. */
  replay(): void;
  close(): void;
}

export interface InvalidationOutboxOptions {
  tier: SharedTier | undefined;
  log: InvalidationLog;
  clock: Clock;
  events: CacheEvents;
  /** Name of this process in messages. */
  origin: string;
  /** Tags that wait for Redis; beyond it they become one invalidation of everything. */
  maxPending?: number;
}

const RETRY_MS = 250;
/** Replication is asynchronous: a failover may lose the invalidations of so long. */
const REPLAY_WINDOW_MS = 10_000;
/** Tags in one round trip. */
const CHUNK = 500;

export function createInvalidationOutbox(options: InvalidationOutboxOptions): InvalidationOutbox {
  const { tier, log, clock, events, origin, maxPending = 50_000 } = options;
  /** By mode and tag, oldest first; the same tag again replaces the older one. */
  const pending = new Map<string, Outgoing>();
  const recent = new Map<string, Outgoing>();
  let cancelRetry: (() => void) | undefined;
  let closed = false;
  let sending = Promise.resolve(true);

  const enqueue = (outgoing: Outgoing) => {
    const name = nameOf(outgoing);
    pending.delete(name);
    pending.set(name, outgoing);
    if (pending.size > maxPending) collapse();
  };

  const collapse = () => {
    const modes = new Set([...pending.values()].map(({ mode }) => mode));
    pending.clear();
    for (const mode of modes) enqueue({ tag: EVERYTHING, mode, seq: log.note(EVERYTHING, mode) });
  };

  /** The first that wait and can go together: of one mode, and of one count. */
  const nextBatch = (): Outgoing[] => {
    const [first] = pending.values();
    const batch: Outgoing[] = [];
    for (const outgoing of pending.values()) {
      if (outgoing.mode === first?.mode && outgoing.count === first.count) batch.push(outgoing);
      if (batch.length === CHUNK) break;
    }
    return batch;
  };

  /** Sends one batch; false when Redis could not mark it. */
  const send = async (batch: readonly Outgoing[], to: SharedTier): Promise<boolean> => {
    const [first] = batch;
    if (!first) return true;
    const { mode, count: repeats } = first;
    const tags = batch.map(({ tag }) => tag);
    const known = log.moment?.count ?? 0;
    const answer = await to.send((store) => store.invalidate({ tags, mode, origin, repeats, known }));
    if (!answer) return false;
    const { moment, marked } = answer.value;
    for (const outgoing of batch) {
      outgoing.count = moment.count;
      log.confirm(outgoing.tag, mode, outgoing.seq, moment.count);
      if (marked) settle(outgoing);
    }
    return marked;
  };

  const settle = (outgoing: Outgoing) => {
    const name = nameOf(outgoing);
    if (pending.get(name) === outgoing) pending.delete(name);
    recent.delete(name);
    recent.set(name, { ...outgoing, sentAt: outgoing.sentAt ?? clock.monotonic() });
    forgetOld();
  };

  const forgetOld = () => {
    for (const [name, { sentAt = 0 }] of recent) {
      if (sentAt + REPLAY_WINDOW_MS <= clock.monotonic()) recent.delete(name);
    }
  };

  const sendPending = async (): Promise<boolean> => {
    while (tier && pending.size > 0) {
      if (await send(nextBatch(), tier)) continue;
      retryLater();
      return false;
    }
    return true;
  };

  /** One after the other, so that nothing is sent twice. */
  const flush = () => {
    sending = sending.then(sendPending);
    return sending;
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
      const unique = [...new Set(tags)];
      if (unique.length === 0) return { shared: true };
      for (const tag of unique) {
        const seq = log.note(tag, mode);
        if (tier) enqueue({ tag, mode, seq });
      }
      events.emit('invalidation', { mode, tags: unique.length, origin: 'local' });
      return { shared: tier === undefined || (await flush()) };
    },
    replay: () => {
      forgetOld();
      const lost = [...recent].filter(([name]) => !pending.has(name)).map(([, outgoing]) => outgoing);
      for (const outgoing of lost) enqueue(outgoing);
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

const nameOf = ({ mode, tag }: Pick<Outgoing, 'mode' | 'tag'>) => `${mode} ${tag}`;
