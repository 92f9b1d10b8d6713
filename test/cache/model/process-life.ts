import type { SharedStore } from '../../../src/cache/shared/shared-store.js';
import type { Clock } from '../../../src/core/clock.js';
import type { SimulatedRedis, Wire } from '../support/simulated-redis.js';

/** How a simulated process lives: it runs, is paused (SIGSTOP, a long collection of garbage), or is dead. */
export interface ProcessLife {
  readonly clock: Clock;
  readonly isAlive: boolean;
  readonly isPaused: boolean;
  connect(redis: SimulatedRedis): SharedStore;
  pause(): void;
  /** Requests and replies that came meanwhile are seen first, messages last: no order between sockets is promised. */
  resume(): void;
  /** Sets its wall clock forward or back. */
  setWall(byMs: number): void;
  die(): void;
  /** Does it now, when the process resumes, or never. */
  when(step: () => void): void;
}

/** A process whose timers, messages and replies arrive only while it runs; each step on the wire takes what `delayMs` says. */
export function createProcessLife(options: { clock: Clock; delayMs: () => number }): ProcessLife {
  const { clock, delayMs } = options;
  let state: 'running' | 'paused' | 'dead' = 'running';
  let backlog: (() => void)[] = [];
  let messages: (() => void)[] = [];
  let lastMessageAt = 0;
  let wallMs = 0;

  const when = (step: () => void, queue = backlog) => {
    if (state === 'running') step();
    else if (state === 'paused') queue.push(step);
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
      lastMessageAt = Math.max(lastMessageAt, clock.monotonic() + delayMs());
      clock.after(lastMessageAt - clock.monotonic(), () => when(step, messages));
    },
  };

  return {
    clock: {
      now: () => clock.now() + wallMs,
      monotonic: clock.monotonic,
      soon: (callback) => clock.soon(() => when(callback)),
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
    get isPaused() {
      return state === 'paused';
    },
    connect: (redis) => redis.connect(wire),
    when: (step) => when(step),
    pause: () => {
      if (state === 'running') state = 'paused';
    },
    resume: () => {
      if (state !== 'paused') return;
      state = 'running';
      const steps = [...backlog, ...messages];
      backlog = [];
      messages = [];
      for (const step of steps) step();
    },
    die: () => {
      state = 'dead';
      backlog = [];
      messages = [];
    },
    setWall: (byMs) => {
      wallMs += byMs;
    },
  };
}
