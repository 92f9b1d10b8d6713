import type { Clock } from '../../src/core/clock.js';

interface Timer {
  at: number;
  order: number;
  callback: () => void;
}

/** Time that stands still until it is told to go on. */
export interface FakeClock extends Clock {
  /** Fires what is due on the way, in order; between two timers everything that was set off by the first comes to rest. */
  advance(ms: number): Promise<void>;
  /** The same as if the machine had slept: everything that is due is called at the end, once. */
  jump(ms: number): Promise<void>;
  /** Sets the wall clock forward or back; timers and the monotonic time go on as they were. */
  setWall(byMs: number): void;
}

export interface FakeClockOptions {
  /** Milliseconds since the epoch. */
  startAt?: number;
  /** What lets everything that a timer has set off come to rest: `settle`, or `ticks` where nothing waits for a socket, which is faster. */
  rest?: () => Promise<void>;
}

export function createFakeClock({
  startAt = Date.UTC(2026, 5, 15, 12),
  rest = settle,
}: FakeClockOptions = {}): FakeClock {
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
  const fireUntil = async (until: number) => {
    await settle();
    for (let timer = nextDue(until); timer; timer = nextDue(until)) {
      timers.delete(timer);
      now = Math.max(now, timer.at);
      timer.callback();
      await rest();
    }
    now = until;
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
    soon: (callback) => {
      void Promise.resolve().then(() => process.nextTick(callback));
    },
    advance: (ms) => fireUntil(now + ms),
    jump: (ms) => {
      now += ms;
      return fireUntil(now);
    },
    setWall: (byMs) => {
      wall += byMs;
    },
  };
}

/**
 * Ticks, each of which empties the queue of promises, without a turn of the event loop. One for what the timer set off, one for
 * what of it is put off by a tick (batched reads), one for what that sets off.
 */
export function ticks(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(() => process.nextTick(() => process.nextTick(resolve)));
  });
}

/** Until every promise that can be settled is. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
