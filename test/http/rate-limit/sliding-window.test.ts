import { expect, it } from 'vitest';
import { createWindow, resetSeconds, spend, spent, waitSeconds } from '../../../src/http/rate-limit/sliding-window.js';

it.each([
  [0, 60],
  [59_999, 60],
  // The oldest sub-window counts by the share of it that lies within the last minute.
  [62_500, 45],
  [65_000, 30],
  [69_000, 6],
  [70_000, 0],
])('%d ms after the beginning of the sub-window in which 60 were spent, %d of them count', (now, expected) => {
  const window = createWindow();
  spend(window, 0, 60);
  expect(spent(window, now)).toBeCloseTo(expected);
});

it('has no boundary at which twice the limit passes', () => {
  const window = createWindow();
  spend(window, 59_999, 60);
  expect(spent(window, 60_001)).toBe(60);
  expect(spent(window, 110_000)).toBe(60);
});

it('tells how long until there is room, and until all is forgotten', () => {
  const window = createWindow();
  spend(window, 0, 60);
  // At 61 s a tenth of the 60 has left.
  expect(waitSeconds(window, 0, 60, 6)).toBe(61);
  expect(waitSeconds(window, 0, 60, 60)).toBe(70);
  expect(resetSeconds(window, 0)).toBe(70);
});
