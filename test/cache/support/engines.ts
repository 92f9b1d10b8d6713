import { type Cache, createCache } from '../../../src/cache/cache.js';
import { createMemoryStore } from '../../../src/cache/memory-store.js';
import { createRedisStore, type RedisStoreOptions } from '../../../src/cache/redis/redis-store.js';
import type { SharedStore } from '../../../src/cache/shared/shared-store.js';
import { systemClock } from '../../../src/core/clock.js';
import { until } from '../../support/until.js';
import { createEventLog, type EventLog } from './rig.js';

/** A cache of its own, as a process has it, on a real Redis. */
export interface Engine {
  cache: Cache;
  events: EventLog;
  /** Its connections go without a word, as with SIGKILL: nothing is released. */
  die(): Promise<void>;
}

export interface Engines {
  start(
    options: Pick<RedisStoreOptions, 'target' | 'maxMarks'> & { prefix?: string; waitMs?: number; linked?: boolean },
  ): Promise<Engine>;
  close(): Promise<void>;
}

/** Engines that are closed together. What is about several of them waits longer for Redis than production does: machines are shared. */
export function createEngines(): Engines {
  let open: Cache[] = [];
  return {
    start: async ({ prefix = 'hg:2', waitMs = 2000, linked = true, target, maxMarks = 100_000 }) => {
      const events = createEventLog();
      const store = createRedisStore({ target, prefix, maxMarks, clock: systemClock, random: Math.random });
      let isLinked = false;
      const shared: SharedStore = {
        ...store,
        open: (listener) =>
          store.open({
            ...listener,
            linked: () => {
              isLinked = true;
              listener.linked();
            },
          }),
      };
      const memory = createMemoryStore({ maxBytes: 50_000_000 });
      const tools = { clock: systemClock, events, random: Math.random };
      const cache = createCache({ memory, shared, sharedWaitMs: waitMs, ...tools });
      open.push(cache);
      cache.start();
      if (linked) await until(() => isLinked);
      return { cache, events, die: store.close };
    },
    close: async () => {
      await Promise.all(open.map((cache) => cache.close()));
      open = [];
    },
  };
}
