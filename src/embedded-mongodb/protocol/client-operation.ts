import type { Clock } from '../server-clock.js';
import { CommandError } from '../values/mongo-errors.js';

/** A command that is running: its deadline, and whether its client is still connected. */
export interface Operation {
  /** Milliseconds, by the server's clock. */
  now(): number;
  /** Throws MaxTimeMSExpired (50) past the deadline and Interrupted (11601) once the client has gone. */
  check(): void;
  /** Lets others run when this operation has run for some milliseconds. To be awaited every few documents. */
  yieldToEventLoop(): Promise<void> | undefined;
  /** Resolves after `delayMs`, or earlier when `wake` is called back; throws as `check` does. */
  wait(delayMs: number, onWaiting?: (wake: () => void) => () => void): Promise<void>;
  /** The client has gone, or the server closes. */
  cancel(): void;
}

const SLICE_MS = 4;

/** Starts an operation that may take `maxTimeMs` (undefined or 0: no limit). */
export function startOperation(options: { clock: Clock; maxTimeMs: number | undefined }): Operation {
  const { clock, maxTimeMs } = options;
  const deadline = maxTimeMs ? clock.now() + maxTimeMs : Number.POSITIVE_INFINITY;
  const wakers = new Set<() => void>();
  let cancelled = false;
  let sliceStart = performance.now();

  function check(): void {
    if (cancelled) throw new CommandError(11601, 'operation was interrupted');
    if (clock.now() >= deadline) throw expired();
  }

  return {
    now: clock.now,
    check,
    yieldToEventLoop: () => {
      if (performance.now() - sliceStart < SLICE_MS) return undefined;
      check();
      return new Promise((resolve, reject) => {
        setImmediate(() => {
          sliceStart = performance.now();
          try {
            check();
            resolve();
          } catch (error) {
            reject(error);
          }
        });
      });
    },
    wait: async (delayMs, onWaiting) => {
      const remaining = deadline - clock.now();
      let late = false;
      await new Promise<void>((resolve) => {
        const undo: (() => void)[] = [];
        const wake = (): void => {
          wakers.delete(wake);
          for (const step of undo.splice(0)) step();
          resolve();
        };
        wakers.add(wake);
        // A timer may fire a little before the clock reaches its time; a wait that the deadline cut short is late nevertheless.
        const ring = (): void => {
          late = remaining < delayMs;
          wake();
        };
        undo.push(clock.after(Math.max(0, Math.min(delayMs, remaining)), ring));
        if (onWaiting) undo.push(onWaiting(wake));
        if (cancelled) wake();
      });
      check();
      if (late) throw expired();
    },
    cancel: () => {
      cancelled = true;
      for (const wake of [...wakers]) wake();
    },
  };
}

const expired = (): CommandError => new CommandError(50, 'operation exceeded time limit');
