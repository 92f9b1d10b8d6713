import { EJSON } from 'bson';
import type { Cache } from '../cache/cache.js';
import type { SharedState } from '../cache/shared-state.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Database } from '../database/connect.js';
import type { OpenScope } from '../homepage/scope.js';
import type { SectionSource } from '../homepage/section-source.js';
import type { Section } from '../sections/define-section.js';
import { followed } from './change-tags.js';
import { type ResumeTokens, startInvalidation } from './invalidate.js';
import { startWarming, type WarmingJob } from './warm.js';

/** Readiness waits no longer than this for the first round of warming. */
const WARM_LIMIT_MS = 5000;

export interface Jobs {
  /** What a start that is not over yet is still doing, or undefined. */
  starting(): string | undefined;
  /** Resolves when changes are being followed, or cannot be. */
  following: Promise<void>;
  stop(): Promise<void>;
}

/** Starts what goes on beside requests: following the database's changes, then warming, as soon as there is a database. */
export function startJobs(options: {
  database: Database;
  cache: Cache;
  shared: SharedState | undefined;
  source: SectionSource;
  registry: readonly Section[];
  openScope: OpenScope;
  warming: boolean;
  warmingIntervalMs: number;
  clock: Clock;
  logger: Logger;
}): Jobs {
  const { database, cache, shared, source, registry, openScope, warming, warmingIntervalMs, clock, logger } = options;
  const invalidation = startInvalidation({
    open: (resumeToken) => database.follow(followed, resumeToken),
    ownerOf: async (id) => {
      const read = { signal: AbortSignal.timeout(STATE_READ_MS), maxTimeMs: STATE_READ_MS };
      const [found] = await database.sources.recommendations.find({ filter: { _id: id }, select: ['userId'], ...read });
      return found?.['userId'] === undefined ? undefined : String(found['userId']);
    },
    invalidate: cache.invalidate,
    tokens: createResumeTokens(shared),
    registry,
    clock,
    logger,
  });

  let isStarting = warming;
  let warmingJob: WarmingJob | undefined;
  let stopped = false;
  const elect = async () =>
    (await shared?.elect('warm', Math.round(warmingIntervalMs * 0.9)).catch(() => true)) ?? true;
  const warm = async () => {
    await database.ready;
    const cancel = clock.after(WARM_LIMIT_MS, () => {
      isStarting = false;
    });
    // First follow, then warm: what begins to be followed makes older entries stale.
    await invalidation.ready;
    if (stopped) return;
    warmingJob = startWarming({ source, registry, openScope, elect, intervalMs: warmingIntervalMs, clock, logger });
    await warmingJob.ready;
    cancel();
    isStarting = false;
  };
  if (warming) void warm().catch((error) => logger.warn({ error }, 'warming failed'));

  return {
    following: invalidation.ready,
    starting: () => (isStarting ? 'warming the cache' : undefined),
    stop: async () => {
      stopped = true;
      warmingJob?.stop();
      await invalidation.stop();
    },
  };
}

const STATE_READ_MS = 2000;

/** The place in the history of changes, in Redis; without it every process begins with the present. */
function createResumeTokens(shared: SharedState | undefined): ResumeTokens {
  const name = 'changes';
  return {
    load: async () => {
      const text = await shared?.load(name);
      return text === undefined ? undefined : EJSON.parse(text);
    },
    save: async (token) => {
      await shared?.save(name, token === undefined ? undefined : EJSON.stringify(token));
    },
  };
}
