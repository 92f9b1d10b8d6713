import type { Logger } from 'pino';
import type { Clock } from '../core/clock.js';

/** A page that was answered from memory. */
export interface AnsweredPage {
  readonly requestId: string;
  readonly viewer: { readonly userId: string } | undefined;
  readonly startedAt: number;
  readonly pages: readonly { readonly metadata: { readonly sections: readonly { readonly section: string }[] } }[];
}

/** Writes the line of each page that was answered on the short way: the same that the long way writes. */
export function createPageLog(options: {
  logger: Pick<Logger, 'info' | 'isLevelEnabled'>;
  clock: Clock;
}): (answer: AnsweredPage) => void {
  const { logger, clock } = options;
  // The level is read for each answer: it may be changed while the process runs.
  const isWritten = () => logger.isLevelEnabled('info');
  return ({ requestId, viewer, startedAt, pages }) => {
    if (!isWritten()) return;
    for (const { metadata } of pages) {
      const sections: Record<string, string> = {};
      for (const { section } of metadata.sections) sections[section] = 'success';
      const duration = Math.round(clock.now() - startedAt);
      logger.info(
        { requestId, userId: viewer?.userId, duration, cacheHit: true, sections },
        'Homepage request completed',
      );
    }
  };
}
