import type { CacheOptions } from '../../../src/cache/cache.js';
import type { SharedStore } from '../../../src/cache/shared/shared-store.js';
import { createFakeClock, ticks } from '../../support/fake-clock.js';
import { createProcessLife } from '../model/process-life.js';
import { createRig } from './rig.js';
import { createSimulatedRedis } from './simulated-redis.js';

/** Processes on one simulated store whose wire takes a millisecond each way; `life` stops and ends one. */
export function createProcesses(count = 2) {
  const clock = createFakeClock({ rest: ticks });
  const redis = createSimulatedRedis({ clock });
  const make = (
    seed: number,
    watch: (store: SharedStore) => SharedStore = (store) => store,
    options: Partial<CacheOptions> = {},
  ) => {
    const life = createProcessLife({ clock, delayMs: () => 1 });
    const own = { ...life.clock, advance: clock.advance, jump: clock.jump, setWall: clock.setWall };
    return { ...createRig({ ...options, clock: own, shared: watch(life.connect(redis)), seed }), life };
  };
  const processes = Array.from({ length: count }, (_, index) => make(index + 1));
  return { clock, redis, make, processes };
}

export async function pair() {
  const { processes, ...rest } = createProcesses();
  const [one, two] = processes;
  if (!one || !two) throw new Error('no processes');
  await rest.clock.advance(10);
  return { one, two, ...rest };
}
