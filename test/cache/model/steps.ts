import type { InvalidationMode } from '../../../src/cache/invalidation-log.js';

/** What a script tells the world to do. */
export type Step =
  | { kind: 'get'; process: number; key: number; fresh: boolean; leaveAfterMs: number }
  | { kind: 'invalidate'; process: number; tag: number; mode: InvalidationMode }
  | { kind: 'source'; fails: boolean; loadMs: number; heedsAbort: boolean }
  | { kind: 'redis'; state: RedisStep }
  | { kind: 'pause' | 'resume' | 'restart'; process: number }
  /** A process' wall clock is set. */
  | { kind: 'wall'; process: number; byMs: number }
  | { kind: 'wait'; ms: number };

/** What becomes of Redis: a state that lasts, or something that happens to it. */
export const redisSteps = [
  ...(['up', 'refusing', 'hanging', 'full', 'readonly'] as const),
  ...(['slow', 'quick', 'mute', 'heard', 'silent', 'loud'] as const),
  ...(['wiped', 'cut', 'restarted', 'saved', 'restored', 'log evicted', 'entry evicted', 'foreign type'] as const),
] as const;
export type RedisStep = (typeof redisSteps)[number];
