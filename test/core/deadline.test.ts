import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../src/core/deadline.js';
import { createFakeClock } from '../support/fake-clock.js';

const never = () => new Promise<never>(() => undefined);

describe('deadline', () => {
  it('answers what the work answers', async () => {
    const deadline = createDeadline({ clock: createFakeClock(), timeoutMs: 100 });
    await expect(deadline.run(async () => 42)).resolves.toBe(42);
    await expect(deadline.run(() => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('ends work that never stops, with a TIMEOUT_ERROR', async () => {
    const clock = createFakeClock();
    const deadline = createDeadline({ clock, timeoutMs: 100 });
    const work = deadline.run(never);
    const ended = expect(work).rejects.toMatchObject({ code: 'TIMEOUT_ERROR' });
    await clock.advance(100);
    await ended;
    expect(deadline.signal.aborted).toBe(true);
    await expect(deadline.run(async () => 42)).rejects.toMatchObject({ code: 'TIMEOUT_ERROR' });
  });

  it('counts down, and never below 1, which MongoDB would take for no limit', async () => {
    const clock = createFakeClock();
    const deadline = createDeadline({ clock, timeoutMs: 100 });
    await clock.advance(40);
    expect(deadline.remainingMs()).toBe(60);
    await clock.advance(1000);
    expect(deadline.remainingMs()).toBe(1);
  });

  it('gives an inner deadline no more than is left, and ends it with the outer one', async () => {
    const clock = createFakeClock();
    const outer = createDeadline({ clock, timeoutMs: 100 });
    await clock.advance(40);
    expect(outer.within(500).remainingMs()).toBe(60);
    const inner = outer.within(30);
    expect(inner.remainingMs()).toBe(30);
    inner.dispose();
    await clock.advance(60);
    expect(inner.signal.aborted).toBe(true);
  });
});
