import { expect, it } from 'vitest';
import { createIsoTime } from '../../src/core/iso-time.js';

it('writes each time as ISO 8601, also the same one twice and an earlier one', () => {
  const isoTime = createIsoTime();
  const times = [0, 0, 1_790_000_000_123, 1_790_000_000_124, 0];
  expect(times.map(isoTime)).toEqual(times.map((at) => new Date(at).toISOString()));
});
