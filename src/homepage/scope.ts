import type { Clock } from '../core/clock.js';
import { createDeadline } from '../core/deadline.js';
import type { Logger } from '../core/logger.js';
import type { Sources } from '../database/connect.js';
import { createReferenceLoaders } from '../loaders/references.js';
import type { Viewer } from '../sections/define-section.js';
import type { RequestScope } from './homepage.js';

/** Of the time that a section may take: references must be there by then, or the section goes without them. */
const REFERENCES_SHARE = 0.8;

/** Opens the scope of one request: its time begins, and it gets loaders of its own. */
export type OpenScope = (options: { logger: Logger; viewer?: Viewer | undefined }) => RequestScope;

export function createScopes(options: {
  sources: Sources;
  clock: Clock;
  requestTimeoutMs: number;
  queryTimeoutMs: number;
  /** Aborts when the process ends. */
  signal: AbortSignal;
}): OpenScope {
  const { sources, clock, requestTimeoutMs, queryTimeoutMs, signal } = options;
  // Not the request's own time: what it begins to read may be shared by others, and is kept.
  const limitMs = Math.ceil(queryTimeoutMs * REFERENCES_SHARE);
  return ({ logger, viewer }) => ({
    startedAt: clock.now(),
    deadline: createDeadline({ clock, timeoutMs: requestTimeoutMs }),
    loaders: createReferenceLoaders({ sources, clock, logger, signal, limitMs }),
    logger,
    outcomes: [],
    ...(viewer === undefined ? {} : { viewer }),
  });
}
