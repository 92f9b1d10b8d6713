import { describe, expect, it } from 'vitest';
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
});
