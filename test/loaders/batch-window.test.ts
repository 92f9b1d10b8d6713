import { setImmediate } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { BATCH_WINDOW_MS, createBatchWindow } from '../../src/loaders/batch-window.js';
import { createFakeClock } from '../support/fake-clock.js';

describe('batch window', () => {
  it('closes when the last running find has delivered, without waiting for the clock', async () => {
    const batchWindow = createBatchWindow({ clock: createFakeClock() });
    const dispatch = vi.fn();
    const first = deferred();
    const second = deferred();
    const finds = [batchWindow.track(() => first.promise), batchWindow.track(() => second.promise)];
    first.resolve(undefined);
    await finds[0];
    batchWindow.schedule(dispatch);
    await setImmediate();
    expect(dispatch).not.toHaveBeenCalled();
    second.resolve(undefined);
    await finds[1];
    await setImmediate();
    expect(dispatch).toHaveBeenCalledOnce();
  });

  it('lets a find that failed hold up nothing', async () => {
    const batchWindow = createBatchWindow({ clock: createFakeClock() });
    const dispatch = vi.fn();
    const first = deferred();
    const finds = [batchWindow.track(() => first.promise), batchWindow.track(async () => undefined)];
    await finds[1];
    batchWindow.schedule(dispatch);
    first.reject(new Error('broken'));
    await expect(finds[0]).rejects.toThrow('broken');
    await setImmediate();
    expect(dispatch).toHaveBeenCalledOnce();
  });

  it('closes a few milliseconds after the first key while a slow find is still running, and opens anew for it', async () => {
    const clock = createFakeClock();
    const batchWindow = createBatchWindow({ clock });
    const slow = deferred();
    const slowFind = batchWindow.track(() => slow.promise);
    await batchWindow.track(async () => undefined);
    const early = vi.fn();
    batchWindow.schedule(early);
    await clock.advance(BATCH_WINDOW_MS - 1);
    await setImmediate();
    expect(early).not.toHaveBeenCalled();
    await clock.advance(1);
    await setImmediate();
    expect(early).toHaveBeenCalledOnce();

    slow.resolve(undefined);
    await slowFind;
    const late = vi.fn();
    batchWindow.schedule(late);
    await setImmediate();
    expect(late).toHaveBeenCalledOnce();
    expect(early).toHaveBeenCalledOnce();
  });
});

function deferred() {
  let resolve: (value: unknown) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<unknown>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve, reject };
}
