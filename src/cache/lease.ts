import type { Clock } from '../core/clock.js';
import { type Random, randomToken } from './random.js';
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

  const hold = (id: string, lease: string, since: number, onLost: () => void): Lease => {
    let heldUntil = since + leaseMs;
    let ended = false;
    let cancelTimer = () => {};

    const end = () => {
      ended = true;
      cancelTimer();
    };
    const renew = async () => {
      const askedAt = clock.now();
      const renewed = await tier.attempt((store) => store.renew({ id, lease, ttlMs: leaseMs }));
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
    renewLater();

    return {
      commit: async (entry) => {
        if (ended) return false;
        end();
        // Asked first, so that whoever slept through the end of its lease leaves the tags' stamps alone, too.
        const held = await tier.attempt((store) => store.renew({ id, lease, ttlMs: leaseMs }));
        const committed = held?.value ? await tier.attempt((store) => store.commit({ ...entry, id, lease })) : held;
        if (committed?.value === false) onLost();
        return committed?.value === true;
      },
      release: async () => {
        if (ended) return;
        end();
        await tier.attempt((store) => store.release({ id, lease }));
      },
    };
  };

  return {
    acquire: async ({ id, head, onLost }, budget) => {
      const lease = randomToken(random);
      const askedAt = clock.now();
      const answer = await tier.attempt((store) => store.acquire({ id, lease, ttlMs: leaseMs, head }), budget);
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
  };
}
