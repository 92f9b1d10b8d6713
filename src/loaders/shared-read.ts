import { setMaxListeners } from 'node:events';
import type { ReadOptions } from '../database/collection-source.js';

/** Options of one read on behalf of several: it may take the longest of their times, and aborts when all have aborted. */
export function sharedRead(readers: readonly ReadOptions[]): ReadOptions & { dispose(): void } {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  const leave = () => {
    const last = readers.every(({ signal }) => signal.aborted);
    if (last) controller.abort(readers.at(-1)?.signal.reason);
  };
  for (const { signal } of readers) signal.addEventListener('abort', leave, { once: true });
  leave();
  return {
    signal: controller.signal,
    remainingMs: () => Math.max(0, ...readers.map(({ remainingMs }) => remainingMs())),
    dispose: () => {
      for (const { signal } of readers) signal.removeEventListener('abort', leave);
    },
  };
}
