import type { Loaded } from '../cache/load.js';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { ReadOptions, StoredDocument } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import { documentId } from '../database/document-id.js';
import type { ReferenceLoaders } from '../loaders/references.js';
import type { LoadArguments, Near, Section, SectionPage, Viewer } from '../sections/define-section.js';
import { LIMIT } from './argument-ranges.js';
import type { Item, SectionValue } from './section-source.js';
import { entityTags } from './tags.js';

/** Makes an item of a document; undefined when the document lacks what the item's type says is non-null. */
export type CompleteItem = (type: () => new () => object, document: StoredDocument) => Item | undefined;

/**
 * Loads a section for its entry, which depends on the entities that it shows. It is not true beyond `freshUntil`, when the
 * first of its items ends (an offer) or begins (an event), and is kept briefly when a reference could not be looked up.
 */
export type ReadSection = (request: {
  section: Section;
  near: Near | undefined;
  viewer: Viewer | undefined;
  loaders: ReferenceLoaders;
  read: ReadOptions;
}) => Promise<Loaded<SectionValue>>;

/** Reads sections from the database: the items of the largest limit, references joined, malformed documents left out. */
export function createSectionReader(options: {
  sources: Sources;
  completeItem: CompleteItem;
  clock: Clock;
  logger: Logger;
}): ReadSection {
  const { sources, completeItem, clock, logger } = options;
  return async ({ section, near, viewer, loaders, read }) => {
    const args: LoadArguments = {
      ...sources,
      now: new Date(clock.now()),
      limit: LIMIT.max,
      read,
      ...(near === undefined ? {} : { near }),
    };
    const find = (): Promise<SectionPage> => {
      if (section.scope === 'public') return section.load(args);
      return section.load(viewer === undefined ? args : { ...args, viewer });
    };
    const { page, degraded } = await loaders.join(section.item.references, find, read);
    const items = page.documents.map((document) => completeItem(section.item.type, document));
    const whole = items.filter((item) => item !== undefined);
    if (whole.length < items.length) {
      const left = page.documents.filter((_, index) => items[index] === undefined).map(documentId);
      logger.warn({ section: section.id, documents: left }, 'malformed documents were left out');
    }
    const { total, nearby, scores } = page;
    const freshUntil = firstEnd(section, whole);
    return {
      value: {
        items: whole,
        total,
        ...(nearby === undefined ? {} : { nearby }),
        ...(scores === undefined ? {} : { scores }),
      },
      tags: entityTags(section, page.documents),
      ...(freshUntil === undefined ? {} : { freshUntil }),
      cacheable: degraded ? 'brief' : 'full',
    };
  };
}

function firstEnd({ endsWith }: Section, items: readonly Item[]): number | undefined {
  if (endsWith === undefined || items.length === 0) return undefined;
  return Math.min(...items.map((item) => Date.parse(String(item[endsWith]))));
}
