import { createClock } from '@sinonjs/fake-timers';
import type { Clock } from '../../src/core/clock.js';

export interface FakeClock extends Clock {
  /** Moves the time on, calls the timers that are due, and lets what they resolve run. */
  advance(ms: number): Promise<void>;
  /** The same as if the machine had slept: a timer that repeats is called once, not for each time that it missed. */
  jump(ms: number): Promise<void>;
}

/** A clock that stands still until it is told. */
export function createFakeClock(startMs = Date.UTC(2026, 5, 15, 12)): FakeClock {
  const timers = createClock(startMs);
  return {
    now: () => timers.now,
    monotonic: () => timers.now - startMs,
    after: (delayMs, callback) => {
      const timer = timers.setTimeout(callback, delayMs);
      return () => timers.clearTimeout(timer);
    },
    advance: async (ms) => {
      await timers.tickAsync(ms);
    },
    jump: async (ms) => {
      timers.jump(ms);
      await timers.tickAsync(0);
    },
  };
}
