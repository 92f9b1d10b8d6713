import type { Logger } from 'pino';
import { probePaths } from '../core/probe-paths.js';

/** An answer that has been sent. */
export interface LoggedAnswer {
  readonly requestId: string;
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
  readonly client: string;
  /** Whether a section of its page failed. */
  readonly isPartial: boolean;
  readonly page:
    | {
        readonly userId: string | undefined;
        readonly cacheHit: boolean;
        readonly sections: Readonly<Record<string, 'success' | 'failed'>>;
      }
    | undefined;
  readonly span: { readonly traceId: string | undefined } | undefined;
}

const pages: readonly string[] = ['/api/v1/homepage', '/graphql'];

/** Writes one line for each answer: INFO, WARN when a section or the whole failed by our fault, DEBUG for a probe that did not fail. */
export function createAnswerLog(logger: Pick<Logger, 'info' | 'warn' | 'debug' | 'isLevelEnabled'>) {
  return (answer: LoggedAnswer): void => {
    const { requestId, method, path, status, durationMs, isPartial } = answer;
    const level = status >= 500 || isPartial ? 'warn' : probePaths.includes(path) && status < 400 ? 'debug' : 'info';
    // The level is read for each answer: it may be changed while the process runs. The rest only for one that has a line.
    if (!logger.isLevelEnabled(level)) return;
    const { page, client, span } = answer;
    const message = pages.includes(path) && page !== undefined ? 'Homepage request completed' : 'Request completed';
    const duration = Math.round(durationMs);
    const { userId, cacheHit, sections } = page ?? {};
    const trace_id = span?.traceId;
    logger[level]({ requestId, trace_id, method, path, status, duration, client, userId, cacheHit, sections }, message);
  };
}
