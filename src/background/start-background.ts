import { EJSON } from 'bson';
import type { Cache } from '../cache/cache.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { Database } from '../database/connect.js';
import type { OpenScope } from '../page/request-scope.js';
import type { SectionSource } from '../page/sources/section-source.js';
import type { Elections } from '../redis/elections.js';
import type { Texts } from '../redis/texts.js';
import type { Section } from '../sections/define-section.js';
import { followed } from './change-tags.js';
import { type FeedState, type ResumeTokens, startInvalidation } from './follow-changes.js';
import { startWarming, type WarmingJob } from './warming.js';

/** Readiness waits no longer than this for the first round of warming. */
const WARM_LIMIT_MS = 5000;

export interface Jobs {
  /** What a start that is not over yet is still doing, or undefined. */
  starting(): string | undefined;
  /** Resolves when changes are being followed, or the first try to follow them has failed. */
  following: Promise<void>;
  /** Whether the database's changes are seen just now. */
  feed(): FeedState;
  stop(): Promise<void>;
}

/** Starts what goes on beside requests: following the database's changes, then warming, as soon as there is a database. */
export function startJobs(options: {
  database: Database;
  cache: Cache;
  shared: (Elections & Texts) | undefined;
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
      const read = { signal: AbortSignal.timeout(STATE_READ_MS), remainingMs: () => STATE_READ_MS };
      const [found] = await database.sources.recommendations.find({ filter: { _id: id }, select: ['userId'], ...read });
      return found?.['userId'] === undefined ? undefined : String(found['userId']);
    },
    invalidate: cache.invalidate,
    tokens: createResumeTokens({ shared, ready: database.ready, clock }),
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
    feed: invalidation.state,
    starting: () => (isStarting ? 'warming the cache' : undefined),
    stop: async () => {
      stopped = true;
      warmingJob?.stop();
      await invalidation.stop();
    },
  };
}

const STATE_READ_MS = 2000;
/** How long a process that begins without a place waits for the one that began a moment before it. */
const BEGIN_MS = 1000;
const BEGIN_POLL_MS = 50;

/**
 * The place in the history of changes, in Redis; without it every process begins with the present. Of processes that start
 * together one begins, and the others follow from its place: else each would make stale what the first has warmed.
 */
function createResumeTokens(options: {
  shared: (Elections & Texts) | undefined;
  ready: Promise<void>;
  clock: Clock;
}): ResumeTokens {
  const { shared, ready, clock } = options;
  const name = 'changes';
  const read = async () => {
    const text = await shared?.load(name);
    return text === undefined ? undefined : EJSON.parse(text);
  };
  return {
    load: async () => {
      // By then Redis is connected, too, if it is there at all.
      await ready;
      const found = await read();
      if (found !== undefined || shared === undefined || (await shared.elect('follow', BEGIN_MS))) return found;
      for (let waitedMs = 0; waitedMs < BEGIN_MS; waitedMs += BEGIN_POLL_MS) {
        await new Promise<void>((resolve) => clock.after(BEGIN_POLL_MS, resolve));
        const token = await read();
        if (token !== undefined) return token;
      }
      return undefined;
    },
    save: async (token) => {
      await shared?.save(name, token === undefined ? undefined : EJSON.stringify(token));
    },
  };
}
