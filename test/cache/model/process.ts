import type { SharedStore } from '../../../src/cache/shared/shared-store.js';
import type { Clock } from '../../../src/core/clock.js';
import type { SimulatedRedis, Wire } from '../support/simulated-redis.js';

/** How a simulated process lives: it runs, is paused (SIGSTOP, a long collection of garbage), or is dead. */
export interface ProcessLife {
  readonly clock: Clock;
  readonly isAlive: boolean;
  connect(redis: SimulatedRedis): SharedStore;
  pause(): void;
  resume(): void;
  die(): void;
  /** Does it now, when the process resumes, or never. */
  when(step: () => void): void;
}

/** A process whose timers, messages and replies arrive only while it runs; each step on the wire takes what `delayMs` says. */
export function createProcessLife(options: { clock: Clock; delayMs: () => number }): ProcessLife {
  const { clock, delayMs } = options;
  let state: 'running' | 'paused' | 'dead' = 'running';
  let backlog: (() => void)[] = [];
  let lastMessageAt = 0;

  const when = (step: () => void) => {
    if (state === 'running') step();
    else if (state === 'paused') backlog.push(step);
  };
  const wire: Wire = {
    // What has left a process arrives, whatever becomes of the process.
    request: (step) => {
      if (state !== 'dead') clock.after(delayMs(), step);
    },
    reply: (step) => {
      clock.after(delayMs(), () => when(step));
    },
    // Messages keep their order.
    message: (step) => {
      lastMessageAt = Math.max(lastMessageAt, clock.now() + delayMs());
      clock.after(lastMessageAt - clock.now(), () => when(step));
    },
  };

  return {
    clock: {
      now: clock.now,
      monotonic: clock.monotonic,
      after: (ms, callback) => {
        let cancelled = false;
        const cancel = clock.after(ms, () => when(() => cancelled || callback()));
        return () => {
          cancelled = true;
          cancel();
        };
      },
    },
    get isAlive() {
      return state !== 'dead';
    },
    connect: (redis) => redis.connect(wire),
    when,
    pause: () => {
      if (state === 'running') state = 'paused';
    },
    resume: () => {
      if (state !== 'paused') return;
      state = 'running';
      const steps = backlog;
      backlog = [];
      for (const step of steps) step();
    },
    die: () => {
      state = 'dead';
      backlog = [];
    },
  };
}
