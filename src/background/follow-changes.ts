import { MongoServerError, type ResumeToken } from 'mongodb';
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
/** A server that answers this often in a row, at once, that there is no news does not wait for news: it is asked less often. */
const HASTY_ANSWERS = 20;
const HASTY_PAUSE_MS = 250;

/** Where a later process finds the place in the history at which this one stopped. */
export interface ResumeTokens {
  load(): Promise<ResumeToken | undefined>;
  save(token: ResumeToken | undefined): Promise<void>;
}

/** Whether changes are seen just now; `reason` says why not. */
export interface FeedState {
  state: 'starting' | 'following' | 'interrupted' | 'unsupported';
  reason?: string;
  /** How long before it was heard the last change was made, in milliseconds by both clocks; undefined before the first one. */
  lagMs?: number;
}

export interface InvalidationJob {
  /** Resolves when changes are being followed, or when the first try to follow them has failed. */
  ready: Promise<void>;
  state(): FeedState;
  stop(): Promise<void>;
}

/**
 * Follows the shop's changes and invalidates what they touch. Every process follows for itself: so its memory is right also
 * while Redis is away, and no process has to take over from another. Everything becomes stale when a feed begins without a
 * place to go on from, or loses its place: what happened in between is unknown.
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
  /** The place of the first pending change: after a crash it is delivered twice rather than not at all. */
  let pendingPlace: ResumeToken | undefined;
  let feed: ChangeFeed | undefined;
  let place: ResumeToken | undefined;
  /** The stored place is for a first start: after a loss it may lie beyond what this process has missed. */
  let mayResumeStored = true;
  let keptAt = clock.now();
  let cancelFlush: (() => void) | undefined;
  let state: FeedState = { state: 'starting' };
  /** Kinds of failures that were logged since the feed last stood. */
  const warned = new Set<string>();
  let stopped = false;
  let wake = () => {};
  let settle = () => {};
  const ready = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      wake = resolve;
      clock.after(ms, resolve);
    });
  const keep = async (token: ResumeToken): Promise<void> => {
    place = token;
    keptAt = clock.now();
    await tokens.save(token).catch((error) => logger.debug({ error }, 'resume token not kept'));
  };
  const flush = async (): Promise<void> => {
    cancelFlush?.();
    cancelFlush = undefined;
    const token = pendingPlace;
    pendingPlace = undefined;
    for (const mode of ['hard', 'soft'] as const) {
      const tags = [...pending[mode]];
      pending[mode].clear();
      if (tags.length > 0) await invalidate(tags, mode);
    }
    // Only now: a process that dies before leaves its changes to the next one.
    if (token !== undefined) await keep(token);
  };
  const note = async (change: Change, token: ResumeToken): Promise<void> => {
    const { soft, hard } = changedTags({ change, registry, userId: await userOf(change) });
    for (const tag of soft) pending.soft.add(tag);
    for (const tag of hard) pending.hard.add(tag);
    if (pending.soft.size + pending.hard.size === 0 || cancelFlush !== undefined) return;
    pendingPlace = token;
    cancelFlush = clock.after(COALESCE_MS, () => void flush());
  };
  const userOf = async ({ collection, type, id, document }: Change): Promise<string | undefined> => {
    if (collection !== 'recommendations') return undefined;
    if (document?.['userId'] !== undefined) return String(document['userId']);
    return type === 'update' && id !== undefined ? ownerOf(id).catch(() => undefined) : undefined;
  };

  const stand = async (): Promise<ChangeFeed> => {
    const from = place ?? (mayResumeStored ? await tokens.load().catch(() => undefined) : undefined);
    const standing = await open(from);
    feed = standing;
    if (from === undefined) {
      await invalidate(everything, 'soft');
      await keep(standing.resumeToken);
    } else {
      place = from;
    }
    logger[warned.size > 0 ? 'info' : 'debug']('following changes');
    warned.clear();
    state = { state: 'following' };
    settle();
    return standing;
  };
  const lagOf = ({ madeAt }: Change): Pick<FeedState, 'lagMs'> =>
    madeAt === undefined ? {} : { lagMs: Math.max(0, clock.now() - madeAt) };
  const follow = async (standing: ChangeFeed): Promise<void> => {
    let hastyAnswers = 0;
    while (!stopped) {
      const askedAt = clock.now();
      const change = await standing.next();
      if (change !== undefined) {
        state = { state: 'following', ...lagOf(change) };
        await note(change, standing.resumeToken);
      }
      if (change === undefined && clock.now() - keptAt > KEEP_TOKEN_MS && cancelFlush === undefined) {
        await keep(standing.resumeToken);
      }
      hastyAnswers = change === undefined && clock.now() - askedAt < HASTY_PAUSE_MS / 2 ? hastyAnswers + 1 : 0;
      // Timers and sockets get their turn, however fast the other end answers.
      if (hastyAnswers < HASTY_ANSWERS) await nextTurn();
      else await pause(HASTY_PAUSE_MS);
    }
  };

  const warnOnce = (error: unknown): void => {
    const reason = reasonOf(error);
    state = { state: 'interrupted', reason };
    // Messages of the network differ by the number of the connection.
    const kind = error instanceof MongoServerError ? String(error.code) : error instanceof Error ? error.name : '';
    if (warned.has(kind)) return;
    warned.add(kind);
    logger.warn({ error }, `changes are not followed: ${reason}; entries live by their TTL until they are again`);
  };
  const run = async (): Promise<void> => {
    for (let retryMs = FIRST_RETRY_MS; !stopped; retryMs = Math.min(retryMs * 2, LAST_RETRY_MS)) {
      const startedAt = clock.now();
      let hasStood = false;
      try {
        const standing = await stand();
        hasStood = true;
        await follow(standing);
      } catch (error) {
        if (stopped) return;
        const failure = feedFailure(error);
        if (failure === 'unsupported') {
          state = { state: 'unsupported', reason: reasonOf(error) };
          logger.warn(
            'the database has no change streams (no replica set): entries live by their TTL and POST /admin/invalidate',
          );
          return settle();
        }
        warnOnce(error);
        settle();
        await flush();
        if (failure === 'lost') {
          place = undefined;
          mayResumeStored = false;
          await tokens.save(undefined).catch(() => undefined);
          if (hasStood) await invalidate(everything, 'soft');
        }
      } finally {
        // Not awaited: a stream whose server is silent would not close before its socket does.
        void feed?.close().catch(() => undefined);
        feed = undefined;
      }
      if (stopped) return;
      if (clock.now() - startedAt > LAST_RETRY_MS) retryMs = FIRST_RETRY_MS;
      await pause(retryMs);
    }
  };
  const running = run();

  return {
    ready,
    state: () => state,
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

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Why a feed failed, in a few words: MongoDB's code and name of the error where there are such. */
function reasonOf(error: unknown): string {
  if (error instanceof MongoServerError) return `${error.errmsg ?? error.message} (${error.codeName ?? error.code})`;
  return error instanceof Error ? error.message : String(error);
}
