import type { Loaded } from '../../cache/loading/run-load.js';
import type { Clock } from '../../core/clock.js';
import type { StoredDocument } from '../../database/collection-source.js';
import type { Sources } from '../../database/connect.js';
import { documentId } from '../../database/document-id.js';
import type { JoinOptions, ReferenceLoaders } from '../../loaders/references.js';
import type { LoadArguments, Near, Section, SectionPage, Viewer } from '../../sections/define-section.js';
import { LIMIT } from '../argument-ranges.js';
import { entityTags } from '../tags.js';
import type { DocumentFault, MalformedDocuments } from './malformed-documents.js';
import type { Item, SectionValue } from './section-source.js';

/** An item, or why the document cannot be one. */
export type CompletedItem = { item: Item; fault?: undefined } | { item?: undefined; fault: DocumentFault };

/** Makes an item of a document; a fault when the document lacks what the item's type says is non-null. */
export type CompleteItem = (type: () => new () => object, document: StoredDocument) => CompletedItem;

/**
 * Loads a section for its entry, which depends on the entities that it shows. It is not true beyond `freshUntil`, when the
 * first of its items ends (an offer) or begins (an event), and is kept briefly when a reference could not be looked up.
 */
export type ReadSection = (request: {
  section: Section;
  near: Near | undefined;
  viewer: Viewer | undefined;
  loaders: ReferenceLoaders;
  read: JoinOptions;
}) => Promise<Loaded<SectionValue>>;

/** Documents that are read beyond the largest limit: a malformed one that is left out leaves no hole in the list. */
const SPARE_DOCUMENTS = 5;

/** Reads sections from the database: the items of the largest limit, references joined, malformed documents left out. */
export function createSectionReader(options: {
  sources: Sources;
  completeItem: CompleteItem;
  malformed: MalformedDocuments;
  clock: Clock;
}): ReadSection {
  const { sources, completeItem, malformed, clock } = options;
  return async ({ section, near, viewer, loaders, read }) => {
    const args: LoadArguments = {
      ...sources,
      now: new Date(clock.now()),
      limit: LIMIT.max + SPARE_DOCUMENTS,
      read,
      ...(near === undefined ? {} : { near }),
    };
    const find = (): Promise<SectionPage> => {
      if (section.scope === 'public') return section.load(args);
      return section.load(viewer === undefined ? args : { ...args, viewer });
    };
    const { page, references, degraded, ageMs } = await loaders.join(section.item.references, find, read);
    const items: Item[] = [];
    const examined: StoredDocument[] = [];
    for (const document of page.documents) {
      if (items.length === LIMIT.max) break;
      examined.push(document);
      const { item, fault } = completeItem(section.item.type, document);
      if (item !== undefined) items.push(item);
      else
        malformed.note({ section: section.id, collection: section.item.collection, id: documentId(document), fault });
    }
    const { total, nearby, scores } = page;
    const freshUntil = firstEnd(section, items);
    return {
      value: {
        items,
        total,
        ...(nearby === undefined ? {} : { nearby }),
        ...(scores === undefined ? {} : { scores }),
      },
      tags: entityTags(section, examined, references),
      ...(freshUntil === undefined ? {} : { freshUntil }),
      cacheable: degraded ? 'brief' : 'full',
      partsAgeMs: ageMs,
    };
  };
}

function firstEnd({ endsWith }: Section, items: readonly Item[]): number | undefined {
  if (endsWith === undefined || items.length === 0) return undefined;
  return Math.min(...items.map((item) => Date.parse(String(item[endsWith]))));
}
