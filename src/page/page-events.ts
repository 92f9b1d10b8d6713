import type { Emitter } from '../core/emitter.js';
import type { ErrorCode } from '../core/errors.js';
import type { Logger } from '../core/logger.js';

/** What composing pages tells to logs and metrics. `section` is a section id; `logger` is the request's. */
export interface PageEventMap {
  sectionFailed: { section: string; code: ErrorCode; cause: unknown; logger: Logger };
}

export type PageEvents = Emitter<PageEventMap>;
