import type { ResumeToken } from 'mongodb';
import type { InvalidationMode } from '../cache/invalidation-log.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { type Change, type ChangeFeed, feedFailure } from '../database/changes.js';
import { sectionTag } from '../page/tags.js';
import type { Section } from '../sections/define-section.js';
import { changedTags } from './change-tags.js';

/** Changes that come within this time are one invalidation. */
const COALESCE_MS = 50;
/** How often the place in the history is kept while nothing happens. */
const KEEP_TOKEN_MS = 10_000;
/** The longest that ending waits for the stream to close; it goes with the connection anyway. */
const CLOSE_MS = 500;
const FIRST_RETRY_MS = 100;
const LAST_RETRY_MS = 10_000;

/** Where a later process finds the place in the history at which this one stopped. */
export interface ResumeTokens {
  load(): Promise<ResumeToken | undefined>;
  save(token: ResumeToken | undefined): Promise<void>;
}

export interface InvalidationJob {
  /** Resolves when changes are being followed, or cannot be. */
  ready: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Follows the shop's changes and invalidates what they touch. Every process follows for itself: so its memory is right also
 * while Redis is away, and nobody has to take over from anybody. After a gap that cannot be resumed, everything is stale.
 */
export function startInvalidation(options: {
  open: (resumeToken: ResumeToken | undefined) => Promise<ChangeFeed>;
  /** The user that a recommendation belongs to, by its id. */
  ownerOf: (recommendationId: string) => Promise<string | undefined>;
  invalidate: (tags: readonly string[], mode: InvalidationMode) => Promise<unknown>;
  tokens: ResumeTokens;
  registry: readonly Section[];
  clock: Clock;
  logger: Logger;
}): InvalidationJob {
  const { open, ownerOf, invalidate, tokens, registry, clock, logger } = options;
  const everything = registry.map(({ id }) => sectionTag(id));
  const pending: Record<InvalidationMode, Set<string>> = { soft: new Set(), hard: new Set() };
  let feed: ChangeFeed | undefined;
  let place: ResumeToken | undefined;
  let keptAt = clock.now();
  let cancelFlush: (() => void) | undefined;
  let stopped = false;
  let wake = () => {};
  let settle = () => {};
  const ready = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const keep = async (token: ResumeToken): Promise<void> => {
    place = token;
    keptAt = clock.now();
    await tokens.save(token).catch((error) => logger.debug({ error }, 'resume token not kept'));
  };
  const flush = async (token: ResumeToken): Promise<void> => {
    cancelFlush = undefined;
    for (const mode of ['hard', 'soft'] as const) {
      const tags = [...pending[mode]];
      pending[mode].clear();
      if (tags.length > 0) await invalidate(tags, mode);
    }
    // Only now: a process that dies before has its changes told to the next one.
    await keep(token);
  };
  const note = async (change: Change, token: ResumeToken): Promise<void> => {
    const { soft, hard } = changedTags({ change, registry, userId: await userOf(change) });
    for (const tag of soft) pending.soft.add(tag);
    for (const tag of hard) pending.hard.add(tag);
    if (pending.soft.size + pending.hard.size > 0) cancelFlush ??= clock.after(COALESCE_MS, () => void flush(token));
  };
  const userOf = async ({ collection, type, id, document }: Change): Promise<string | undefined> => {
    if (collection !== 'recommendations') return undefined;
    if (document?.['userId'] !== undefined) return String(document['userId']);
    return type === 'update' && id !== undefined ? ownerOf(id).catch(() => undefined) : undefined;
  };

  const follow = async (): Promise<void> => {
    const from = place ?? (await tokens.load().catch(() => undefined));
    feed = await open(from);
    // Without a place to go on from, what happened until now is unknown.
    if (from === undefined) {
      await invalidate(everything, 'soft');
      await keep(feed.resumeToken);
    }
    logger.debug('following changes');
    settle();
    while (!stopped) {
      const change = await feed.next();
      if (change !== undefined) await note(change, feed.resumeToken);
      else if (clock.now() - keptAt > KEEP_TOKEN_MS && cancelFlush === undefined) await keep(feed.resumeToken);
    }
  };

  const run = async (): Promise<void> => {
    for (let retryMs = FIRST_RETRY_MS; !stopped; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      const startedAt = clock.now();
      try {
        await follow();
      } catch (error) {
        if (stopped) return;
        const failure = feedFailure(error);
        if (failure === 'unsupported') {
          logger.warn(
            'the database has no change streams (no replica set): entries live by their TTL and POST /admin/invalidate',
          );
          return settle();
        }
        logger.warn({ error }, 'following changes was interrupted');
        if (failure === 'lost') {
          place = undefined;
          await tokens.save(undefined).catch(() => undefined);
          await invalidate(everything, 'soft');
        }
      } finally {
        await feed?.close().catch(() => undefined);
        feed = undefined;
      }
      if (stopped) return;
      if (clock.now() - startedAt > LAST_RETRY_MS) retryMs = FIRST_RETRY_MS;
      await new Promise<void>((resolve) => {
        wake = resolve;
        clock.after(retryMs, resolve);
      });
    }
  };
  const running = run();

  return {
    ready,
    stop: async () => {
      stopped = true;
      wake();
      cancelFlush?.();
      if (feed === undefined) return;
      const closed = feed.close().catch(() => undefined);
      // A stream that looks for a lost server does not end before it has given up.
      await new Promise<void>((resolve) => {
        const cancel = clock.after(CLOSE_MS, resolve);
        void closed
          .then(() => running)
          .then(() => {
            cancel();
            resolve();
          });
      });
    },
  };
}
