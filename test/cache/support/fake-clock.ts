import type { Clock } from '../../../src/core/clock.js';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Fires what is due on the way, in order; between two timers everything that was set off by the first comes to rest. */
  advance(ms: number): Promise<void>;
  /** Sets the wall clock forward or back; timers and the monotonic time go on as they were. */
  setWall(byMs: number): void;
}

export function createFakeClock(startAt = 1_700_000_000_000): FakeClock {
  let now = 0;
  let wall = startAt;
  let order = 0;
  const timers = new Set<Timer>();

  const nextDue = (until: number): Timer | undefined => {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!next || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  };

  return {
    now: () => wall + now,
    monotonic: () => now,
    after: (delayMs, callback) => {
      order += 1;
      const timer = { at: now + Math.max(0, delayMs), order, callback };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        timers.delete(timer);
        now = timer.at;
        timer.callback();
        await rest();
      }
      now = until;
    },
    setWall: (byMs) => {
      wall += byMs;
    },
  };
}

/**
 * The same between two timers, without a turn of the event loop: ticks, each of which empties the queue of promises. One for
 * what the timer set off, one for what of it is put off by a tick (batched reads), one for what that sets off.
 */
function rest(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(() => process.nextTick(() => process.nextTick(resolve)));
  });
}

/** Until every promise that can be settled is. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Mulberry32: a small generator that always gives the same numbers for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
