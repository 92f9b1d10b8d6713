import fc from 'fast-check';
import { redisSteps, type Step, tagNames } from './world.js';

const process = fc.nat(2);
const mode = fc.constantFrom('soft' as const, 'hard' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('get' as const),
      process,
      key: fc.nat(1),
      fresh: fc.oneof({ weight: 7, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
      leaveAfterMs: fc.oneof(
        { weight: 4, arbitrary: fc.constant(0) },
        { weight: 1, arbitrary: fc.integer({ min: 1, max: 80 }) },
      ),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('invalidate' as const), process, tag: fc.nat(tagNames.length - 1), mode }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      ms: fc.oneof(
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 30, max: 2500 }),
        fc.integer({ min: 2500, max: 12_000 }),
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('source' as const),
      fails: fc.boolean(),
      loadMs: fc.constantFrom(0, 5, 20, 300, 3500),
      heedsAbort: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('redis' as const),
      // A trouble goes as often as it comes.
      state: fc.constantFrom(...redisSteps, 'up' as const, 'up' as const, 'up' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wall' as const),
      process,
      byMs: fc.integer({ min: -600_000, max: 600_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('pause' as const, 'resume' as const, 'resume' as const, 'restart' as const),
      process,
    }),
  },
);

/** What happens, and the seed of everything that is left to chance in it (delays, jitter). */
export const script = fc.tuple(
  fc.array(step, { minLength: 4, maxLength: 30, size: 'max' }),
  fc.integer({ min: 0, max: 2 ** 31 }),
);
