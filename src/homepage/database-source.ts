import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { StoredDocument } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import type { LoadArguments, SectionPage } from '../sections/define-section.js';
import type { Item, SectionRequest, SectionSource } from './section-source.js';

/** Makes an item of a document; undefined when the document lacks what the item's type says is non-null. */
export type CompleteItem = (type: () => new () => object, document: StoredDocument) => Item | undefined;

/** Reads every section from the database, for each request anew. */
export function createDatabaseSource(options: {
  sources: Sources;
  completeItem: CompleteItem;
  clock: Clock;
  logger: Logger;
}): SectionSource {
  const { sources, completeItem, clock, logger } = options;
  return {
    get: async (request) => {
      const { section, deadline, loaders } = request;
      const readAt = clock.now();
      const page = await deadline.run(() =>
        loaders.join(section.item.references, () => load(sources, request, readAt)),
      );
      const items = page.documents.map((document) => completeItem(section.item.type, document));
      const whole = items.filter((item) => item !== undefined);
      if (whole.length < items.length) {
        const left = page.documents.filter((_, index) => items[index] === undefined).map(({ _id }) => String(_id));
        logger.warn({ section: section.id, documents: left }, 'malformed documents were left out');
      }
      const { total, nearby, scores } = page;
      return {
        data: {
          items: whole,
          total,
          ...(nearby === undefined ? {} : { nearby }),
          ...(scores === undefined ? {} : { scores }),
        },
        status: 'FRESH',
        readAt,
        ageMs: 0,
        freshForMs: section.cache.freshMs,
      };
    },
  };
}

function load(sources: Sources, request: SectionRequest, readAt: number): Promise<SectionPage> {
  const { section, limit, near, viewer, deadline } = request;
  const args: LoadArguments = {
    ...sources,
    now: new Date(readAt),
    limit,
    read: { signal: deadline.signal, maxTimeMs: deadline.remainingMs() },
    ...(near !== undefined && section.located ? { near } : {}),
  };
  if (section.scope === 'public') return section.load(args);
  return section.load(viewer === undefined ? args : { ...args, viewer });
}
