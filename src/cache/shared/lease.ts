import type { Clock } from '../../core/clock.js';
import { type Random, randomToken } from '../../core/random.js';
import type { Commit } from './shared-store.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** The right to load one key for all processes, for as long as it is renewed. */
export interface Lease {
  /** Stores what was loaded and ends the lease. Stores nothing when the lease was lost meanwhile (fencing). */
  commit(entry: Omit<Commit, 'id' | 'lease'>): Promise<void>;
  /** Ends the lease without an entry. */
  release(): Promise<void>;
}

export interface Leases {
  /** `held`: another process loads; `changed`: it has just done so; `undefined`: no lease is to be had, the store is away or full. */
  acquire(
    request: { id: string; head: string; onLost: () => void },
    budget: WaitBudget,
  ): Promise<Lease | 'held' | 'changed' | undefined>;
  /** Begins to listen for the end of the present lease. */
  watch(id: string): LeaseWatch;
  /** A message says that the lease on this id has ended. */
  ready(id: string): void;
  /** Ends every lease that is held, and from now on takes none. Waits until the store knows, a second at most. */
  close(): Promise<void>;
}

export interface LeaseWatch {
  /** Until the lease ends, `ms` have passed or the signal aborts, whichever is first. Never rejects. */
  ended(ms: number, signal: AbortSignal): Promise<void>;
  stop(): void;
}

export interface LeasesOptions {
  tier: SharedTier;
  clock: Clock;
  random: Random;
  /** The longest that a dead process holds up the others. Renewed every third of it while loading. */
  leaseMs: number;
}

/**
 * Leases as in Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), with compare-and-delete: a process that was
 * paused past its lease stores nothing.
 */
export function createLeases(options: LeasesOptions): Leases {
  const { tier, clock, random, leaseMs } = options;
  const watchers = new Map<string, Set<() => void>>();
  const held = new Set<Lease>();
  let closed = false;

  const hold = (id: string, lease: string, since: number, onLost: () => void): Lease => {
    let heldUntil = since + leaseMs;
    let ended = false;
    let cancelTimer = () => {};

    const end = () => {
      ended = true;
      held.delete(handle);
      cancelTimer();
    };
    const renew = async () => {
      const askedAt = clock.monotonic();
      const renewed = await tier.send((store) => store.renew({ id, lease, ttlMs: leaseMs }));
      if (ended) return;
      if (renewed?.value) heldUntil = askedAt + leaseMs;
      if (renewed?.value === false || clock.monotonic() >= heldUntil) {
        end();
        onLost();
      } else renewLater();
    };
    const renewLater = () => {
      cancelTimer = clock.after(Math.ceil(leaseMs / 3), () => void renew());
    };
    const handle: Lease = {
      commit: async (entry) => {
        if (ended) return;
        end();
        const committed = await tier.send((store) => store.commit({ ...entry, id, lease }));
        if (committed?.value === false) onLost();
        if (!committed?.value) await drop(id, lease);
      },
      release: async () => {
        if (ended) return;
        end();
        await drop(id, lease);
      },
    };
    held.add(handle);
    renewLater();
    return handle;
  };

  /** Sent even when no answer is expected: a store that hangs does it when it wakes, after what it still owes. */
  const drop = (id: string, lease: string) => tier.send((store) => store.release({ id, lease }));

  return {
    acquire: async ({ id, head, onLost }, budget) => {
      if (closed) return undefined;
      const lease = randomToken(random);
      const askedAt = clock.monotonic();
      const answer = await tier.attempt((store) => store.acquire({ id, lease, ttlMs: leaseMs, head }), budget);
      // Redis may grant the lease after we gave up waiting; release it, or others wait for no one.
      if (!answer || (closed && answer.value === 'won')) void drop(id, lease);
      if (closed || !answer || answer.value === 'refused') return undefined;
      return answer.value === 'won' ? hold(id, lease, askedAt, onLost) : answer.value;
    },
    watch: (id) => {
      let wake = () => {};
      const ready = new Promise<void>((resolve) => {
        wake = resolve;
      });
      const set = watchers.get(id) ?? new Set();
      watchers.set(id, set.add(wake));
      return {
        ended: async (ms, signal) => {
          const cancel = clock.after(ms, wake);
          signal.addEventListener('abort', wake, { once: true });
          if (signal.aborted) wake();
          await ready;
          cancel();
          signal.removeEventListener('abort', wake);
        },
        stop: () => {
          set.delete(wake);
          if (set.size === 0 && watchers.get(id) === set) watchers.delete(id);
        },
      };
    },
    ready: (id) => {
      for (const wake of watchers.get(id) ?? []) wake();
    },
    close: async () => {
      closed = true;
      await Promise.all([...held].map((lease) => lease.release()));
    },
  };
}
