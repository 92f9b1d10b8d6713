import type { Clock } from '../core/clock.js';

const TICK_MS = 50;
/** A tick that comes this much too late is a late one. */
const LATE_MS = 250;
/** Late for so long without a break, and what somebody begins to wait for now comes when its time is nearly over. */
const LAGGING_AFTER_MS = 4000;

/** Whether the event loop has more to do than it gets done. */
export interface LagSensor {
  isLagging(): boolean;
  stop(): void;
}

/**
 * Watches whether timers come in time, as CoDel watches a queue (Nichols and Jacobson, "Controlling Queue Delay", 2012): a
 * burst makes some ticks late and is worked off; only when none was in time for a while there is a standing queue. The mean
 * delay of the last second (perf_hooks, @fastify/under-pressure) goes on refusing after a burst that is over.
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
