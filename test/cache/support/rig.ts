import { type Cache, type CacheOptions, createCache, type GetOptions } from '../../../src/cache/cache.js';
import {
  type CacheEventMap,
  type CacheEventName,
  type CacheEvents,
  createCacheEvents,
} from '../../../src/cache/cache-events.js';
import type { Load, Loaded } from '../../../src/cache/loading/run-load.js';
import { createMemoryStore, type MemoryStore } from '../../../src/cache/memory-store.js';
import { seededRandom } from '../../support/data/seeded-random.js';
import { createFakeClock, type FakeClock, settle, ticks } from '../../support/fake-clock.js';

/** A cache with everything about it within reach of a test. */
export interface Rig {
  cache: Cache;
  clock: FakeClock;
  memory: MemoryStore;
  events: EventLog;
}

export interface EventLog extends CacheEvents {
  count(name: CacheEventName): number;
  all: { name: CacheEventName; event: CacheEventMap[CacheEventName] }[];
}

const names: CacheEventName[] = [
  ...(['hit', 'miss', 'stale', 'load', 'failure', 'invalidation'] as const),
  ...(['leaseWon', 'leaseLost', 'tierDown', 'tierUp', 'corrupt'] as const),
];

export function createEventLog(): EventLog {
  const events = createCacheEvents();
  const all: EventLog['all'] = [];
  for (const name of names) events.on(name, (event) => all.push({ name, event }));
  return { ...events, all, count: (name) => all.filter((one) => one.name === name).length };
}

export function createRig(options: Partial<CacheOptions> & { clock?: FakeClock; seed?: number } = {}): Rig {
  const { clock = createFakeClock({ rest: ticks }), seed = 1, ...rest } = options;
  const memory = rest.memory ?? createMemoryStore({ maxBytes: 10_000_000 });
  const events = createEventLog();
  const cache = createCache({ random: seededRandom(seed), ...rest, memory, clock, events });
  cache.start();
  return { cache, clock, memory, events };
}

/** A source whose loads end when the test says so. */
export interface Source<T> {
  load: Load<T>;
  /** How many loads have begun. */
  calls: number;
  /** How many are under way. */
  running: number;
  signals: AbortSignal[];
  /** Ends the oldest load that is under way. */
  succeed(loaded: Loaded<T>): Promise<void>;
  fail(error: unknown): Promise<void>;
}

export function createSource<T>(): Source<T> {
  const open: { resolve: (loaded: Loaded<T>) => void; reject: (error: unknown) => void }[] = [];
  const end = async (act: (load: (typeof open)[number]) => void) => {
    const oldest = open.shift();
    if (!oldest) throw new Error('no load is under way');
    source.running -= 1;
    act(oldest);
    await settle();
  };
  const source: Source<T> = {
    calls: 0,
    running: 0,
    signals: [],
    load: ({ signal }) => {
      source.calls += 1;
      source.running += 1;
      source.signals.push(signal);
      return new Promise((resolve, reject) => open.push({ resolve, reject }));
    },
    succeed: (loaded) => end(({ resolve }) => resolve(loaded)),
    fail: (error) => end(({ reject }) => reject(error)),
  };
  return source;
}

/** What a test asks for when it does not matter what. */
export function ask<T>(load: Load<T>, options: Partial<GetOptions<T>> = {}): GetOptions<T> {
  return { label: 'test', tags: ['collection:things'], load, ...options };
}
