import type { Clock } from '../core/clock.js';
import { createDeadline } from '../core/deadline.js';
import type { Logger } from '../core/logger.js';
import type { ReferenceLoaders } from '../loaders/references.js';
import type { Viewer } from '../sections/define-section.js';
import type { RequestScope } from './homepage.js';
import { once } from './once.js';

/** Opens the scope of one request: its time begins. */
export type OpenScope = (options: {
  logger: Logger;
  viewer?: Viewer | undefined;
  /** Milliseconds that the client would wait, where that is less than what a request may take. */
  timeoutMs?: number | undefined;
}) => RequestScope;

export function createScopes(options: {
  clock: Clock;
  requestTimeoutMs: number;
  newLoaders: (logger: Logger) => ReferenceLoaders;
}): OpenScope {
  const { clock, requestTimeoutMs, newLoaders } = options;
  return ({ logger, viewer, timeoutMs = requestTimeoutMs }) => ({
    startedAt: clock.now(),
    deadline: createDeadline({ clock, timeoutMs: Math.min(timeoutMs, requestTimeoutMs) }),
    clientShortenedDeadline: timeoutMs < requestTimeoutMs,
    loaders: once(() => newLoaders(logger)),
    logger,
    outcomes: [],
    ...(viewer === undefined ? {} : { viewer }),
  });
}
