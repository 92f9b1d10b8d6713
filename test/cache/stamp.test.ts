import { describe, expect, it } from 'vitest';
import { judge } from '../../src/cache/stamp.js';

describe('moments of the shared clock', () => {
  const at = (soft: string, hard: string) => ({ soft, hard });

  it.each([
    ['valid', 'i:5', [at('i:5', 'i:3'), at('i:1', 'i:1')]],
    ['soft', 'i:5', [at('i:6', 'i:3'), at('i:1', 'i:1')]],
    ['hard', 'i:5', [at('i:6', 'i:3'), at('i:1', 'i:6')]],
    ['hard', 'i:5', [undefined]],
    ['hard', undefined, [at('i:1', 'i:1')]],
    // From before the clock was lost: nothing can be said, whatever the numbers are.
    ['hard', 'old:5', [at('new:1', 'new:1')]],
    ['hard', 'new:5', [at('old:1', 'old:1')]],
    ['valid', 'i:5', []],
  ] as const)('%s: an entry of %s under %j', (verdict, moment, tags) => {
    expect(judge(moment, tags)).toBe(verdict);
  });
});
