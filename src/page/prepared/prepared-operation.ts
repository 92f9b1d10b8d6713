import type { Location, Section, Viewer } from '../../sections/define-section.js';
import { compileWriter, type Selection } from '../fragments/selection.js';
import type { PageMetadata } from '../homepage.js';

/** What is known of a request before its first section is looked up: everything but who asks, and when. */
export interface PreparedOperation {
  /** Unique in the process. */
  readonly id: number;
  readonly pages: readonly PreparedPage[];
  /** The answer, in its order: text that is always the same, fragments, and metadata that is written anew each time. */
  readonly parts: readonly Part[];
  /** What it takes from the client's rate limit. */
  readonly cost: number;
}

/** One `homepage` of an operation. */
export interface PreparedPage {
  /** Those asked for and selected, in the registry's order; at least one. */
  readonly sections: readonly Section[];
  readonly limit: number;
  readonly near: Location | undefined;
  /** Its `cacheKey` for who asks. */
  keyOf(viewer: Viewer | undefined): string;
}

export type Part = string | FragmentPart | MetadataPart;

/** `page` is the index of its page. */
export interface FragmentPart {
  readonly page: number;
  readonly section: Section;
  readonly selection: Selection;
}

export interface MetadataPart {
  readonly page: number;
  /** Two that write the same have the same. */
  readonly id: string;
  readonly write: (metadata: PageMetadata) => string;
}

/** A page's metadata by a selection of its GraphQL type. */
export function metadataPart(page: number, selection: Selection): MetadataPart {
  const write = compileWriter(selection);
  return { page, id: `metadata ${selection.id}`, write: (metadata) => write({ ...metadata }) };
}
