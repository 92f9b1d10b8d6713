import type { CacheResult } from '../../cache/ask.js';
import type { Deadline } from '../../core/deadline.js';
import type { ReferenceLoaders } from '../../loaders/references.js';
import type { Location, Section, Viewer } from '../../sections/define-section.js';

/** One section, asked for by one request. */
export interface SectionRequest {
  section: Section;
  /** Used by located sections only. */
  near?: Location | undefined;
  /** Used by personal sections only. */
  viewer?: Viewer | undefined;
  /** Read from the database even where a fresh copy exists. */
  fresh: boolean;
  /** Ends this request's wait, not a load that others wait for. Its signal is read only when memory has no answer. */
  deadline: Deadline;
  /** Made by the first section of the request that has to be loaded. */
  loaders: () => ReferenceLoaders;
}

/** An item as its GraphQL type describes it, ready for JSON: `id` first, references joined, dates as ISO 8601 text. */
export type Item = Readonly<Record<string, unknown>>;

/** What an entry holds of a section: the items of the largest limit, of which every other limit takes the first. Frozen. */
export interface SectionValue {
  readonly items: readonly Item[];
  /** How many there are in all. */
  readonly total: number;
  /** Whether the items lie within the radius asked for; absent without a location. */
  readonly nearby?: boolean;
  /** By item id, of a signed-in viewer's own section: how well a recommended item suits the viewer. */
  readonly scores?: Readonly<Record<string, number>>;
}

/** Source of the page's sections. Rejects with the load's error, or with the reason of the deadline's signal. */
export interface SectionSource {
  get(request: SectionRequest): Promise<CacheResult<SectionValue>>;
  /**
   * The sections of pages from copies that are at hand, in their order, without a promise; undefined unless all of them are.
   * What is stale among them is renewed behind the answers, with `loaders`.
   */
  present(
    pages: readonly SectionsOfPage[],
    viewer: Viewer | undefined,
    loaders: () => ReferenceLoaders,
  ): SectionAnswers[] | undefined;
  /** The same after Redis was asked whether the copies still stand; undefined at once where memory does not hold them all. */
  look(
    pages: readonly SectionsOfPage[],
    viewer: Viewer | undefined,
    loaders: () => ReferenceLoaders,
  ): Promise<SectionAnswers[] | undefined> | undefined;
}

export interface SectionsOfPage {
  readonly sections: readonly Section[];
  readonly near: Location | undefined;
}

/** Of one page, in the order of its sections. */
export type SectionAnswers = readonly CacheResult<SectionValue>[];
