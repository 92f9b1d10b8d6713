import type { Clock } from '../core/clock.js';
import { createDeadline, type Deadline } from '../core/deadline.js';
import { AppError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ReferenceLoaders } from '../loaders/references.js';
import type { Near, Section, Viewer } from '../sections/define-section.js';
import type { PageEvents } from './page-events.js';
import { pageKey } from './page-key.js';
import { toSectionError } from './section-error.js';
import type { Item, SectionAnswer, SectionSource } from './section-source.js';
import type { SectionViews } from './view-counter.js';

/** What belongs to one request of a client. */
export interface RequestScope {
  /** When the request came in, in milliseconds since the epoch. */
  startedAt: number;
  viewer?: Viewer;
  deadline: Deadline;
  /** Whether the client has shortened it. */
  hasty: boolean;
  loaders: ReferenceLoaders;
  logger: Logger;
  /** Every section that this request asked for, once it is served or has failed. */
  outcomes: Outcome[];
}

export interface PageRequest {
  /** Those asked for and selected, in the registry's order. */
  sections: readonly Section[];
  limit: number;
  near?: Near;
  fresh: boolean;
  analytics: boolean;
}

/** A section as clients see it. */
export interface SectionView {
  /** The section id. */
  section: string;
  title: string;
  type: string;
  items: readonly Item[];
  total: number;
  hasMore: boolean;
  /** When it was read from the database, ISO 8601. */
  lastUpdated: string;
  /** Whether the items lie within the radius asked for; null without a location. */
  nearby: boolean | null;
}

export interface SectionStatus {
  section: string;
  status: SectionAnswer['status'] | 'FAILED';
  /** Milliseconds since it was read from the database; 0 when it failed. */
  ageMs: number;
  /** How long the request waited for it. */
  durationMs: number;
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

/** How a section came out: with a view of its answer, or with an error. */
export interface Outcome extends SectionStatus {
  /** Whether it was asked for past every copy. */
  fresh: boolean;
  answer?: SectionAnswer;
  view?: SectionView;
  error?: AppError;
}

export interface Homepage {
  readonly registry: readonly Section[];
  /** Starts every section at once. Never throws. */
  open(scope: RequestScope, request: PageRequest): OpenPage;
  /** One section by itself. Rejects with an `AppError`. */
  section(scope: RequestScope, section: Section, request: SectionArguments): Promise<SectionView>;
}

type SectionArguments = Pick<PageRequest, 'limit' | 'near' | 'fresh'>;

/** What a section's load does not count of the time that its callers wait: a look at Redis, and the way of the answer. */
const AROUND_LOAD_MS = 250;

/** The one place where a section gets its time, its source and its error. */
export function createHomepage(options: {
  registry: readonly Section[];
  source: SectionSource;
  views: SectionViews;
  events: PageEvents;
  clock: Clock;
  /** Milliseconds that the load of a section may take. */
  queryTimeoutMs: number;
}): Homepage {
  const { registry, source, views, events, clock } = options;
  const timeoutMs = options.queryTimeoutMs + AROUND_LOAD_MS;

  /** Sections that are asked for together have one deadline, within the request's. */
  const openDeadline = (scope: RequestScope) => createDeadline({ clock, timeoutMs, within: scope.deadline });

  const fetch: typeof attempt = async (scope, ...asked) => {
    const outcome = await attempt(scope, ...asked);
    scope.outcomes.push(outcome);
    return outcome;
  };

  const attempt = async (
    scope: RequestScope,
    section: Section,
    { limit, near, fresh }: SectionArguments,
    signal: AbortSignal,
  ): Promise<Outcome> => {
    const startedAt = clock.now();
    try {
      const answer = await source.get({
        section,
        fresh,
        signal,
        loaders: scope.loaders,
        ...(near === undefined ? {} : { near }),
        ...(scope.viewer === undefined ? {} : { viewer: scope.viewer }),
      });
      views.record(section.id);
      const { status, ageMs } = answer;
      const durationMs = clock.now() - startedAt;
      return { section: section.id, status, ageMs, durationMs, fresh, answer, view: toView(section, answer, limit) };
    } catch (cause) {
      const error = toSectionError(section, cause, clock.now());
      if (!hasLeft(scope)) {
        events.emit('sectionFailed', { section: section.id, code: error.code, cause, logger: scope.logger });
      }
      return { section: section.id, status: 'FAILED', ageMs: 0, durationMs: clock.now() - startedAt, fresh, error };
    }
  };

  return {
    registry,
    section: async (scope, section, request) => {
      const deadline = openDeadline(scope);
      return viewOf(await fetch(scope, section, request, deadline.signal).finally(deadline.dispose));
    },
    open: (scope, request) => {
      const deadline = openDeadline(scope);
      const pending = request.sections.map(
        (section) => [section.key, fetch(scope, section, request, deadline.signal)] as const,
      );
      const settled = Promise.all(pending.map(([, outcome]) => outcome)).finally(deadline.dispose);
      handled(settled.then((outcomes) => logPage(scope, outcomes, clock.now())));
      return {
        sections: new Map(pending.map(([key, outcome]) => [key, handled(outcome.then(viewOf))])),
        metadata: async () => {
          const outcomes = await settled;
          const served = outcomes.flatMap(({ answer }) => answer ?? []);
          return {
            timestamp: new Date(clock.now()).toISOString(),
            userId: scope.viewer?.userId ?? null,
            cacheKey: pageKey({ ...request, registry, viewer: scope.viewer }),
            ttl: served.length === 0 ? 0 : Math.floor(Math.min(...served.map(({ freshForMs }) => freshForMs)) / 1000),
            fromCache: fromCache(outcomes),
            executionTime: Math.round(clock.now() - scope.startedAt),
            partialFailure: outcomes.some(({ error }) => error !== undefined),
            sections: outcomes.map(({ section, status, ageMs, durationMs }) => ({
              section,
              status,
              ageMs,
              durationMs,
            })),
          };
        },
        analytics: async () => {
          const outcomes = await settled;
          const lastDay = await views.lastDay();
          return {
            sectionViews: registry.map(({ id }) => ({ section: id, views: lastDay[id] ?? 0 })),
            recommendationScore: meanScore(outcomes),
          };
        },
      };
    },
  };
}

/** Whether the client has gone, so that nobody reads of what failed. */
function hasLeft({ deadline }: RequestScope): boolean {
  return deadline.signal.aborted && !(deadline.signal.reason instanceof AppError);
}

function toView(section: Section, answer: SectionAnswer, limit: number): SectionView {
  const { data, readAt } = answer;
  const items = data.items.slice(0, limit);
  return {
    section: section.id,
    title: section.title,
    type: section.type,
    items,
    total: data.total,
    hasMore: data.total > items.length,
    lastUpdated: new Date(readAt).toISOString(),
    nearby: data.nearby ?? null,
  };
}

function viewOf({ view, error }: Outcome): SectionView {
  if (view === undefined) throw error;
  return view;
}

/** A section that fails before anybody asks for its field is no unhandled rejection: its field reports it. */
function handled<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => undefined);
  return promise;
}

/** True when something was served and nothing of it was read for this request. */
function fromCache(outcomes: readonly Outcome[]): boolean {
  return outcomes.some(({ answer }) => answer !== undefined) && outcomes.every(({ status }) => status !== 'FRESH');
}

/** Mean score of the items served that were recommended to the viewer; null when there are none. */
function meanScore(outcomes: readonly Outcome[]): number | null {
  const scores = outcomes.flatMap(({ answer, view }) =>
    (view?.items ?? []).flatMap((item) => answer?.data.scores?.[String(item['id'])] ?? []),
  );
  return scores.length === 0 ? null : scores.reduce((sum, score) => sum + score, 0) / scores.length;
}

/** One log line for each page: INFO, or WARN when a section failed. The request's logger adds its id. */
function logPage(scope: RequestScope, outcomes: readonly Outcome[], now: number): void {
  const failed = outcomes.some(({ error }) => error !== undefined);
  scope.logger[failed ? 'warn' : 'info'](
    {
      userId: scope.viewer?.userId,
      duration: Math.round(now - scope.startedAt),
      cacheHit: fromCache(outcomes),
      sections: Object.fromEntries(outcomes.map(({ section, error }) => [section, error ? 'failed' : 'success'])),
    },
    'Homepage request completed',
  );
}
