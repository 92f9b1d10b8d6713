import { describe, expect, it } from 'vitest';
import { systemClock } from '../src/core/clock.js';

describe('system clock', () => {
  it('tells the time in milliseconds and cancels a timer', () => {
    expect(Math.abs(systemClock.now() - Date.now())).toBeLessThan(1000);
    const cancel = systemClock.after(0, () => expect.unreachable());
    cancel();
  });
});
