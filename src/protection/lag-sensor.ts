import type { Clock } from '../core/clock.js';

const TICK_MS = 50;
/** A tick that comes this much after its time counts as late. */
const LATE_MS = 250;
/** When every tick was late for this long, a wait that begins now would use up most of a request's time. */
const LAGGING_AFTER_MS = 4000;

/** Tells whether the event loop gets more work than it can do. */
export interface LagSensor {
  isLagging(): boolean;
  stop(): void;
}

/**
 * Measures how late timers fire, as CoDel measures the delay of a queue (Nichols and Jacobson, "Controlling Queue Delay",
 * 2012): after a burst some ticks are late; a standing queue shows only when no tick was in time for a while. A mean over the
 * last second (perf_hooks, @fastify/under-pressure) would still refuse requests after a burst has ended.
 */
export function createLagSensor(options: { clock: Clock }): LagSensor {
  const { clock } = options;
  let lateSince: number | undefined;
  let cancel = () => {};

  const wait = () => {
    const dueAt = clock.now() + TICK_MS;
    cancel = clock.after(TICK_MS, () => {
      if (clock.now() - dueAt < LATE_MS) lateSince = undefined;
      else lateSince ??= clock.now();
      wait();
    });
  };
  wait();

  return {
    isLagging: () => lateSince !== undefined && clock.now() - lateSince >= LAGGING_AFTER_MS,
    stop: () => cancel(),
  };
}
