import type { HomepageQuery } from './generated/homepage-query.js';

type Page = HomepageQuery['homepage'];

/** The sections of the page by their keys, as the page's own operation selects them. */
export type HomepageSections = {
  [Key in Exclude<keyof Page, 'metadata' | 'analytics' | '__typename'>]: NonNullable<Page[Key]>;
};
export type SectionKey = keyof HomepageSections;

/** Why a section has no data, or the whole request failed. */
export interface HomepageProblem {
  /** As the gateway says it (`TIMEOUT_ERROR`), or `NETWORK_ERROR`, `TIMEOUT` and `BAD_ANSWER` of the client's own. */
  code: string;
  message: string;
  /** Whether the same request may succeed a little later. */
  retryable: boolean;
}

/** One section: its data and how old it may be, or why there is none. */
export type SectionResult<Data> =
  | { status: 'fresh' | 'cached' | 'stale'; data: Data; ageMs: number }
  | { status: 'failed'; error: HomepageProblem };

export type HomepageResults = { [Key in SectionKey]?: SectionResult<HomepageSections[Key]> };

export interface HomepageResult {
  /** One for each section asked for. */
  sections: HomepageResults;
  /** `page`: the one request; `single`: the older endpoints, one for each section. */
  source: 'page' | 'single';
  /** Requests that it took, retries included. */
  requests: number;
}

export interface HomepageArgs {
  /** All of them when left out. */
  sections?: readonly SectionKey[];
  /** Items of a section, 1 to 20; 10 when left out. */
  limit?: number;
  /** Narrows what has a place, in degrees. */
  location?: { lng: number; lat: number };
  /**
   * Paths such as `offers.items.title`: the answer holds these only, and the types of `sections` say more than there is. Asked
   * for by REST, whatever `transport` says.
   */
  fields?: readonly string[];
  /** Reads through every cache. */
  fresh?: boolean;
  signal?: AbortSignal;
}

/** The page could not be had at all: not even a section of it. */
export class HomepageError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  /** HTTP status; undefined when there was no answer. */
  readonly status: number | undefined;

  constructor(problem: HomepageProblem & { status?: number | undefined }) {
    super(problem.message);
    this.name = 'HomepageError';
    this.code = problem.code;
    this.retryable = problem.retryable;
    this.status = problem.status;
  }
}
