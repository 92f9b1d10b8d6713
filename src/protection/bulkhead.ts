/** Too many wait for a place already. */
export class BulkheadFullError extends Error {
  constructor(maxQueue: number) {
    super(`${maxQueue} wait already`);
    this.name = 'BulkheadFullError';
  }
}

/** Lets so many work at once; the others wait, in the order in which they came. */
export interface Bulkhead {
  /**
   * Rejects with what the work rejects with, with the signal's reason when that aborts before there is a place, and with
   * `BulkheadFullError`.
   */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

/**
 * cockatiel's own keeps the place in the queue of whoever has left, and stops when it comes upon it: those behind wait for
 * the next one who ends.
 */
export function createBulkhead(options: { places: number; maxQueue: number }): Bulkhead {
  const { places, maxQueue } = options;
  const queue = new Set<() => void>();
  let active = 0;

  const place = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const leave = () => {
        queue.delete(start);
        reject(signal.reason);
      };
      const start = () => {
        queue.delete(start);
        signal.removeEventListener('abort', leave);
        active += 1;
        resolve();
      };
      if (signal.aborted) reject(signal.reason);
      else if (active < places) start();
      else if (queue.size >= maxQueue) reject(new BulkheadFullError(maxQueue));
      else {
        queue.add(start);
        signal.addEventListener('abort', leave, { once: true });
      }
    });

  return {
    run: async (work, signal) => {
      await place(signal);
      try {
        return await work();
      } finally {
        active -= 1;
        const [next] = queue;
        next?.();
      }
    },
  };
}
