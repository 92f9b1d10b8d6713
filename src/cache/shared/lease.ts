import type { Clock } from '../../core/clock.js';
import { type Random, randomToken } from '../../core/random.js';
import type { Commit } from './shared-store.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** The right to load one key for all processes, for as long as it is renewed. */
export interface Lease {
  /** Stores what was loaded and ends the lease. False when it was lost meanwhile: then nothing is stored (fencing). */
  commit(entry: Omit<Commit, 'id' | 'lease'>): Promise<boolean>;
  /** Ends the lease without an entry. */
  release(): Promise<void>;
}

export interface Leases {
  /** `held`: another process loads; `changed`: it has just done so; `undefined`: the shared tier is not there. */
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
 * Leases as in Nishtala et al., "Scaling Memcache at Facebook" (NSDI 2013), with compare-and-delete. A process that was
 * paused past its lease neither stores anything nor tells the store about its tags: what it knows is too old.
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
      const askedAt = clock.now();
      const renewed = await tier.attempt((store) => store.renew({ id, lease, ttlMs: leaseMs }), tier.patience());
      if (ended) return;
      if (renewed?.value) heldUntil = askedAt + leaseMs;
      if (renewed?.value === false || clock.now() >= heldUntil) {
        end();
        onLost();
      } else renewLater();
    };
    const renewLater = () => {
      cancelTimer = clock.after(Math.ceil(leaseMs / 3), () => void renew());
    };
    const handle: Lease = {
      commit: async (entry) => {
        if (ended) return false;
        end();
        const patience = tier.patience();
        // Asked first, so that whoever slept through the end of its lease leaves the tags' stamps alone, too.
        const isHeld = await tier.attempt((store) => store.renew({ id, lease, ttlMs: leaseMs }), patience);
        const committed = isHeld?.value
          ? await tier.attempt((store) => store.commit({ ...entry, id, lease }), patience)
          : isHeld;
        if (committed?.value === false) onLost();
        if (!committed) drop(id, lease);
        return committed?.value === true;
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

  /** Sent even when nothing is expected of the store: one that only hangs does it when it wakes, after what it still owes. */
  const drop = (id: string, lease: string) => tier.tell((store) => store.release({ id, lease }));

  return {
    acquire: async ({ id, head, onLost }, budget) => {
      if (closed) return undefined;
      const lease = randomToken(random);
      const askedAt = clock.now();
      const answer = await tier.attempt((store) => store.acquire({ id, lease, ttlMs: leaseMs, head }), budget);
      // A store that was too slow may grant it all the same, to nobody.
      if (!answer || (closed && answer.value === 'won')) void drop(id, lease);
      if (closed) return undefined;
      return answer?.value === 'won' ? hold(id, lease, askedAt, onLost) : answer?.value;
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
