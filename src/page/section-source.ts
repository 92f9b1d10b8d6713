import type { ReferenceLoaders } from '../loaders/references.js';
import type { Near, Section, Viewer } from '../sections/define-section.js';

/** One section, asked for by one request. */
export interface SectionRequest {
  section: Section;
  /** Heeded by located sections only. */
  near?: Near;
  /** Heeded by personal sections only. */
  viewer?: Viewer;
  /** Read from the database, whatever copies there are. */
  fresh: boolean;
  /** Ends this request's wait, not a load that others wait for. */
  signal: AbortSignal;
  loaders: ReferenceLoaders;
}

/** An item as its GraphQL type describes it, ready for JSON: `id` first, references joined, dates as ISO 8601 text. */
export type Item = Readonly<Record<string, unknown>>;

/** Immutable: requests share it. It has the items of the largest limit, of which every other one takes the first. */
export interface SectionData {
  readonly items: readonly Item[];
  /** How many there are in all. */
  readonly total: number;
  readonly nearby?: boolean;
  /** By item id; of a signed-in viewer's own section. */
  readonly scores?: Readonly<Record<string, number>>;
}

export interface SectionAnswer {
  data: SectionData;
  /** FRESH: read for this request. */
  status: 'FRESH' | 'CACHED' | 'STALE';
  /** When it was read from the database, in milliseconds since the epoch. */
  readAt: number;
  /** Milliseconds since then. */
  ageMs: number;
  /** Milliseconds for which it stays fresh; 0 when it is stale. */
  freshForMs: number;
  /** Milliseconds for which it may be served while it is renewed, not past the end of its first item. */
  staleForMs: number;
}

/** Where the page gets its sections from. Rejects with whatever reading died of, or with the signal's reason. */
export interface SectionSource {
  get(request: SectionRequest): Promise<SectionAnswer>;
}
