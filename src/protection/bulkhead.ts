import { AppError } from '../core/errors.js';

/** Limits how many pieces of work run at once; the others wait in a queue, in the order in which they came. */
export interface Bulkhead {
  /**
   * Rejects with the work's own error, with the signal's reason when that aborts in the queue, and with `OVERLOADED` when the
   * queue is full.
   */
  run<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result>;
}

/** Not cockatiel's: there an aborted caller keeps its place in the queue, and holds up those behind when its turn comes. */
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
      else if (queue.size >= maxQueue) reject(new AppError('OVERLOADED', `${maxQueue} loads wait already`));
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
