import { expect, it } from 'vitest';
import type { Clock } from '../../src/core/clock.js';
import { createLagSensor } from '../../src/protection/lag-sensor.js';

/** A clock whose timers come as late as the test says. */
function createLateClock() {
  let now = 0;
  let timer = { dueAt: 0, ring: () => {} };
  const clock: Clock = {
    now: () => now,
    monotonic: () => now,
    soon: () => undefined,
    after: (delayMs, ring) => {
      timer = { dueAt: now + delayMs, ring };
      return () => {
        timer.ring = () => {};
      };
    },
  };
  const tick = (lateMs: number) => {
    now = timer.dueAt + lateMs;
    timer.ring();
  };
  return { clock, tick };
}

it('lags when every tick was late for four seconds, and no longer as soon as one is in time', () => {
  const { clock, tick } = createLateClock();
  const { isLagging } = createLagSensor({ clock });
  for (let count = 0; count < 8; count += 1) tick(500);
  expect(isLagging()).toBe(false);
  tick(500);
  expect(isLagging()).toBe(true);
  tick(10);
  expect(isLagging()).toBe(false);
});

it('takes a burst for what it is, however long the loop was blocked by it', () => {
  const { clock, tick } = createLateClock();
  const { isLagging } = createLagSensor({ clock });
  tick(10_000);
  expect(isLagging()).toBe(false);
  tick(3000);
  tick(0);
  expect(isLagging()).toBe(false);
});

it('is quiet when ticks are a little late, however often', () => {
  const { clock, tick } = createLateClock();
  const { isLagging } = createLagSensor({ clock });
  for (let count = 0; count < 1000; count += 1) tick(200);
  expect(isLagging()).toBe(false);
});
