import type { Deadline } from '../core/deadline.js';
import type { ReferenceLoaders } from '../loaders/references.js';
import type { Near, Section, Viewer } from '../sections/define-section.js';

/** One section, asked for by one request. */
export interface SectionRequest {
  section: Section;
  limit: number;
  near?: Near;
  viewer?: Viewer;
  /** Read from the database, whatever copies there are. */
  fresh: boolean;
  deadline: Deadline;
  loaders: ReferenceLoaders;
}

/** An item as its GraphQL type describes it, ready for JSON: `id` first, references joined, dates as ISO 8601 text. */
export type Item = Readonly<Record<string, unknown>>;

/** Immutable: it may be shared by requests. */
export interface SectionData {
  items: readonly Item[];
  /** How many there are in all. */
  total: number;
  nearby?: boolean;
  /** By item id; of a signed-in viewer's own section. */
  scores?: Readonly<Record<string, number>>;
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
}

/** Where the page gets its sections from. Rejects with whatever reading died of. */
export interface SectionSource {
  get(request: SectionRequest): Promise<SectionAnswer>;
}
