/** The time of day and timers. Every part of the gateway gets its time from here, so that tests pass a fake clock and never sleep. */
export interface Clock {
  /** Milliseconds since the epoch, by the machine's wall clock: it may be set back or jump. For what is shown and for dates in data. */
  now(): number;
  /** Whole milliseconds since some moment in the past; never goes back and never jumps. For ages and deadlines within this process. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`. Returns a function that cancels it. A timer never keeps the process alive. */
  after(delayMs: number, callback: () => void): () => void;
  /** Calls `callback` once, behind all that has arrived at this process by now: what is asked by several requests can go together. */
  soon(callback: () => void): void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => Math.floor(performance.now()),
  after: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (callback) => {
    setImmediate(callback);
  },
};
