import type { Clock } from '../core/clock.js';

/** How long the first key of a batch waits for keys of finds that are still running. */
export const BATCH_WINDOW_MS = 5;

/**
 * Decides when the reference loaders of one request send their batches: when no find is running that may still deliver
 * keys, or a few milliseconds after the first key. So sections that answer together share one command for each collection,
 * and a slow section does not hold up the references of the others.
 */
export interface BatchWindow {
  /** Runs a find whose references will be looked up; the window waits for it until it ends. */
  track<Documents>(find: () => Promise<Documents>): Promise<Documents>;
  /** For DataLoader's `batchScheduleFn`: calls `dispatch` when the window closes. */
  schedule(dispatch: () => void): void;
}

export function createBatchWindow(options: { clock: Clock; windowMs?: number }): BatchWindow {
  const { clock, windowMs = BATCH_WINDOW_MS } = options;
  let running = 0;
  let waiting: (() => void)[] = [];
  let cancelTimer: (() => void) | undefined;

  const close = () => {
    cancelTimer?.();
    cancelTimer = undefined;
    const dispatches = waiting;
    waiting = [];
    for (const dispatch of dispatches) dispatch();
  };

  return {
    track: async (find) => {
      running += 1;
      try {
        return await find();
      } finally {
        // Only after the caller's continuation, which asks the loaders for the references of this find.
        setImmediate(() => {
          running -= 1;
          if (running === 0) close();
        });
      }
    },
    schedule: (dispatch) => {
      waiting.push(dispatch);
      // Answers that have arrived already are read first, so that their keys are in the batch.
      cancelTimer ??= clock.after(windowMs, () => setImmediate(close));
    },
  };
}
