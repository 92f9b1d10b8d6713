import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { OpenScope } from '../page/request-scope.js';
import type { SectionSource } from '../page/sources/section-source.js';
import type { Section } from '../sections/define-section.js';

export interface WarmingJob {
  /** Resolves when the first round is over. */
  ready: Promise<void>;
  stop(): void;
}

/**
 * Keeps the anonymous page warm: at start and then at an interval, by the one process that is elected for the
 * round. It asks as a request does, so a round costs what one reader costs; the page is made of the sections' entries.
 */
export function startWarming(options: {
  source: SectionSource;
  registry: readonly Section[];
  openScope: OpenScope;
  /** Whether this process is to do the round; true where processes cannot talk to each other. */
  elect: () => Promise<boolean>;
  intervalMs: number;
  clock: Clock;
  logger: Logger;
}): WarmingJob {
  const { source, registry, openScope, elect, intervalMs, clock, logger } = options;
  let cancel = () => {};
  let stopped = false;

  const round = async (fresh: boolean): Promise<void> => {
    if (!(await elect())) return;
    const { loaders, deadline } = openScope({ logger });
    const results = await Promise.allSettled(
      registry.map((section) => source.get({ section, fresh, deadline, loaders })),
    );
    deadline.dispose();
    const failed = registry.filter((_, index) => results[index]?.status === 'rejected').map(({ id }) => id);
    logger[failed.length > 0 ? 'warn' : 'debug']({ failed }, 'cache warmed');
  };
  const later = () => {
    if (stopped) return;
    cancel = clock.after(intervalMs, () => {
      void round(true).finally(later);
    });
  };

  return {
    ready: round(false).finally(later),
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
