import { expect, it } from 'vitest';
import { createRestartWaits } from '../../src/workers/restart-waits.js';

it('replaces one that lived for a while at once, and ever later those that end soon', () => {
  const waits = createRestartWaits();
  expect(waits.ended(3_600_000)).toBe(0);
  expect(Array.from({ length: 8 }, () => waits.ended(100))).toEqual([
    ...[500, 1000, 2000, 4000],
    ...[8000, 16_000, 30_000, 30_000],
  ]);
  expect(waits.ended(10_000)).toBe(0);
  expect(waits.ended(9999)).toBe(500);
});
