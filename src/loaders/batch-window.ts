import type { Clock } from '../core/clock.js';

/** How long the first key of a batch waits for the keys of finds that are still running. */
export const BATCH_WINDOW_MS = 5;

/**
 * Decides when the reference loaders of one request send their batches: as soon as no find is running that may still
 * deliver keys, or a few milliseconds after the first key. So sections that answer together share one command for each
 * collection, and a slow section holds up nobody else's references.
 */
export interface BatchWindow {
  /** Runs a find whose documents will be joined; the window waits for it, until it has delivered or failed. */
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
        // After the caller's continuation, which asks the loaders for this find's references.
        setImmediate(() => {
          running -= 1;
          if (running === 0) close();
        });
      }
    },
    schedule: (dispatch) => {
      waiting.push(dispatch);
      // Answers that have arrived already are read before the window closes on them.
      cancelTimer ??= clock.after(windowMs, () => setImmediate(close));
    },
  };
}
