import type { Clock } from '../core/clock.js';
import { createDeadline, type Deadline } from '../core/deadline.js';
import { AppError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ReferenceLoaders } from '../loaders/references.js';
import type { Location, Section, Viewer } from '../sections/define-section.js';
import { isFromCache, meanScore, type Outcome, type SectionStatus, ttlSeconds } from './outcome.js';
import type { PageEvents } from './page-events.js';
import { pageKey } from './page-key.js';
import { toSectionError } from './section-error.js';
import { type SectionView, toView } from './section-view.js';
import type { SectionSource } from './sources/section-source.js';
import type { ViewCounter } from './view-counter.js';

/** What belongs to one request of a client. */
export interface RequestScope {
  /** When the request came in, in milliseconds since the epoch. */
  startedAt: number;
  viewer?: Viewer;
  deadline: Deadline;
  /** Whether the client has shortened it (`x-request-timeout-ms`). */
  clientShortenedDeadline: boolean;
  /** One set of loaders a request, made by the first section that has to be loaded. */
  loaders: () => ReferenceLoaders;
  logger: Logger;
  /** Every section that this request asked for, once it is served or has failed. */
  outcomes: Outcome[];
}

export interface PageRequest {
  /** Those asked for and selected, in the registry's order. */
  sections: readonly Section[];
  limit: number;
  near?: Location;
  fresh: boolean;
  analytics: boolean;
}

export interface PageMetadata {
  timestamp: string;
  userId: string | null;
  cacheKey: string;
  /** Seconds. */
  ttl: number;
  fromCache: boolean;
  /** Milliseconds. */
  executionTime: number;
  partialFailure: boolean;
  sections: readonly SectionStatus[];
}

export interface PageAnalytics {
  sectionViews: readonly { section: string; views: number }[];
  recommendationScore: number | null;
}

/** A page whose sections are all under way. */
export interface OpenPage {
  /** By section key. Each settles on its own; a failed one rejects with an `AppError` that names its section. */
  sections: ReadonlyMap<string, Promise<SectionView>>;
  /** Both wait for every section. */
  metadata(): Promise<PageMetadata>;
  analytics(): Promise<PageAnalytics>;
}

export interface Homepage {
  readonly registry: readonly Section[];
  /** @throws AppError `SERVICE_UNAVAILABLE` when the page is switched off (`ENABLE_BATCH_ENDPOINT`) */
  requireEnabled(): void;
  /** Starts every section at once. Throws as `requireEnabled` does, and nothing else. */
  open(scope: RequestScope, request: PageRequest): OpenPage;
  /** One section by itself, also when the page is switched off. Rejects with an `AppError`. */
  section(scope: RequestScope, section: Section, request: SectionArguments): Promise<SectionView>;
}

type SectionArguments = Pick<PageRequest, 'limit' | 'near' | 'fresh'>;

/** Beyond its load a section waits this long: for a look at Redis, and for its answer to come back. */
const AROUND_LOAD_MS = 250;

/** Gives each section of a request its time, its source and its error. */
export function createHomepage(options: {
  registry: readonly Section[];
  source: SectionSource;
  views: ViewCounter;
  events: PageEvents;
  clock: Clock;
  /** Milliseconds that the load of a section may take. */
  queryTimeoutMs: number;
  /** `ENABLE_BATCH_ENDPOINT`. */
  enabled: boolean;
}): Homepage {
  const { registry, source, views, events, clock, enabled } = options;
  const timeoutMs = options.queryTimeoutMs + AROUND_LOAD_MS;
  const requireEnabled = () => {
    if (!enabled) throw new AppError('SERVICE_UNAVAILABLE', 'The homepage is switched off');
  };

  /** Sections that are asked for together have one deadline, within the request's. */
  const openDeadline = (scope: RequestScope) => createDeadline({ clock, timeoutMs, within: scope.deadline });

  const fetch = async (
    scope: RequestScope,
    section: Section,
    { near, fresh }: SectionArguments,
    deadline: Deadline,
  ): Promise<Outcome> => {
    const { id } = section;
    const { viewer, loaders } = scope;
    const startedAt = clock.now();
    let outcome: Outcome;
    try {
      const answer = await source.get({ section, near, viewer, fresh, deadline, loaders });
      views.record(id);
      const { status, ageMs } = answer;
      outcome = { section: id, status, ageMs, durationMs: clock.now() - startedAt, fresh, answer };
    } catch (cause) {
      const error = toSectionError(section, cause, clock.now());
      if (!hasLeft(scope)) {
        events.emit('sectionFailed', { section: id, code: error.code, cause, logger: scope.logger });
      }
      outcome = { section: id, status: 'FAILED', ageMs: 0, durationMs: clock.now() - startedAt, fresh, error };
    }
    scope.outcomes.push(outcome);
    return outcome;
  };

  return {
    registry,
    requireEnabled,
    section: async (scope, section, request) => {
      const deadline = openDeadline(scope);
      const outcome = await fetch(scope, section, request, deadline).finally(deadline.dispose);
      return viewOf(section, outcome, request.limit);
    },
    open: (scope, request) => {
      requireEnabled();
      const { limit } = request;
      const deadline = openDeadline(scope);
      const sections = new Map<string, Promise<SectionView>>();
      const pending = request.sections.map((section) => {
        const outcome = fetch(scope, section, request, deadline);
        const view = outcome.then((settled) => viewOf(section, settled, limit));
        // A section that fails before its field is resolved is no unhandled rejection: the field reports it.
        view.catch(() => undefined);
        sections.set(section.key, view);
        return outcome;
      });
      const all = Promise.all(pending).then((outcomes) => {
        deadline.dispose();
        return outcomes;
      });
      return {
        sections,
        metadata: async () => {
          const outcomes = await all;
          return {
            timestamp: new Date(clock.now()).toISOString(),
            userId: scope.viewer?.userId ?? null,
            cacheKey: pageKey({ ...request, registry, viewer: scope.viewer }),
            ttl: ttlSeconds(outcomes.flatMap(({ answer }) => answer ?? [])),
            fromCache: isFromCache(outcomes),
            executionTime: Math.round(clock.now() - scope.startedAt),
            partialFailure: outcomes.some(({ error }) => error !== undefined),
            sections: outcomes,
          };
        },
        analytics: async () => {
          const outcomes = await all;
          const lastDay = await views.lastDay();
          return {
            sectionViews: registry.map(({ id }) => ({ section: id, views: lastDay[id] ?? 0 })),
            recommendationScore: meanScore(outcomes, limit),
          };
        },
      };
    },
  };
}

/** Whether the client has closed its connection, so that no answer of this request is read. */
function hasLeft({ deadline }: RequestScope): boolean {
  return deadline.signal.aborted && !(deadline.signal.reason instanceof AppError);
}

/** What a client sees of an outcome. @throws AppError the section's error when it failed */
function viewOf(section: Section, { answer, error }: Outcome, limit: number): SectionView {
  if (answer === undefined) throw error;
  return toView(section, answer, limit);
}
