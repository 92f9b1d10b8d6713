import fc from 'fast-check';
import { redisSteps, type Step } from './steps.js';
import { tagNames } from './world.js';

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

/**
 * What no random order is likely to bring together: a process holds a copy, something befalls Redis or the process, another process
 * invalidates, and the first one is asked again, with a database that may be gone.
 */
const scene: fc.Arbitrary<Step[]> = fc
  .record({
    one: process,
    other: process,
    key: fc.nat(1),
    mode,
    before: fc.option(fc.constantFrom(...redisSteps), { nil: undefined, freq: 1 }),
    after: fc.option(fc.constantFrom(...redisSteps), { nil: undefined, freq: 1 }),
    isPaused: fc.boolean(),
    fails: fc.boolean(),
    waitMs: fc.constantFrom(20, 400, 1200, 3100),
  })
  .map(({ one, other, key, mode: how, before, after, isPaused, fails, waitMs }) => {
    const get: Step = { kind: 'get', process: one, key, fresh: false, leaveAfterMs: 0 };
    const befalls = (state: (typeof redisSteps)[number] | undefined): Step[] =>
      state === undefined ? [] : [{ kind: 'redis', state }];
    const invalidate: Step = { kind: 'invalidate', process: other, tag: tagNames.indexOf('shared'), mode: how };
    return [
      { kind: 'source', fails: false, loadMs: 5, heedsAbort: true },
      ...([get, { kind: 'wait', ms: 100 }] satisfies Step[]),
      ...(isPaused && one !== other ? [{ kind: 'pause', process: one } satisfies Step] : []),
      ...befalls(before),
      invalidate,
      { kind: 'wait', ms: 30 },
      ...befalls(after),
      { kind: 'wait', ms: waitMs },
      { kind: 'source', fails, loadMs: 5, heedsAbort: true },
      get,
      ...([
        { kind: 'resume', process: one },
        { kind: 'redis', state: 'up' },
        get,
        { kind: 'wait', ms: 50 },
      ] satisfies Step[]),
    ];
  });

const part: fc.Arbitrary<Step[]> = fc.oneof(
  { weight: 12, arbitrary: step.map((one) => [one]) },
  { weight: 2, arbitrary: scene },
);

/** What happens, and the seed of everything that is left to chance in it (delays, jitter). */
export const script = fc.tuple(
  fc.array(part, { minLength: 4, maxLength: 20, size: 'max' }).map((parts) => parts.flat()),
  fc.integer({ min: 0, max: 2 ** 31 }),
);
