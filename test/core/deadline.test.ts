import { describe, expect, it, vi } from 'vitest';
import { createDeadline } from '../../src/core/deadline.js';
import { createFakeClock } from '../support/fake-clock.js';

describe('deadline', () => {
  it('aborts when the time is over, with a TIMEOUT_ERROR', async () => {
    const clock = createFakeClock();
    const { signal } = createDeadline({ clock, timeoutMs: 100 });
    await clock.advance(99);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.reason).toMatchObject({ code: 'TIMEOUT_ERROR', retryable: true });
  });

  it('never comes once it is disposed of', async () => {
    const clock = createFakeClock();
    const { signal, dispose } = createDeadline({ clock, timeoutMs: 100 });
    dispose();
    await clock.advance(1000);
    expect(signal.aborted).toBe(false);
  });

  it('starts a timer only for work that waits, and counts from its creation', async () => {
    const clock = createFakeClock();
    const after = vi.spyOn(clock, 'after');
    const deadline = createDeadline({ clock, timeoutMs: 100 });
    const inner = createDeadline({ clock, timeoutMs: 1000, within: deadline });
    await clock.advance(60);
    expect([inner.remainingMs(), after.mock.calls.length]).toEqual([40, 0]);
    const { signal } = inner;
    await clock.advance(39);
    expect(signal.aborted).toBe(false);
    await clock.advance(1);
    expect(signal.aborted).toBe(true);
  });

  it('that was over or aborted before anything waited ends what waits then', async () => {
    const clock = createFakeClock();
    const over = createDeadline({ clock, timeoutMs: 100 });
    const left = createDeadline({ clock, timeoutMs: 100 });
    const inner = createDeadline({ clock, timeoutMs: 100, within: left });
    const reason = new DOMException('The client has left', 'AbortError');
    left.abort(reason);
    expect([left.signal.reason, inner.signal.reason]).toEqual([reason, reason]);
    await clock.advance(200);
    const { signal } = over;
    await clock.advance(0);
    expect(signal.reason).toMatchObject({ code: 'TIMEOUT_ERROR' });
  });
});
