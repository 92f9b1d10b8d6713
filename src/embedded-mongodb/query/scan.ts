import type { Operation } from '../protocol/operation.js';
import type { Collection } from '../storage/collection.js';
import type { Doc } from '../values/bson-values.js';
import { compileFilter, idKeysOf, type Matcher } from './filter.js';

/** How many documents are looked at between two glances at the time. */
const STRIDE = 64;

/** The documents that a filter can match: those with the ids that it names, else all of them. */
function candidates(collection: Collection | undefined, filter: Doc): Iterable<Doc> {
  if (!collection) return [];
  const ids = idKeysOf(filter);
  if (!ids) return collection.documents();
  return ids.flatMap((id) => {
    const document = collection.get(id);
    return document ? [document] : [];
  });
}

/** Calls `visit` for each document that matches until it says false; others run in between. */
export async function scan(options: {
  collection: Collection | undefined;
  filter: Doc;
  operation: Operation;
  visit(document: Doc, matches: Matcher): boolean;
}): Promise<void> {
  const { collection, filter, operation, visit } = options;
  const matches = compileFilter(filter);
  operation.check();
  let count = 0;
  for (const document of candidates(collection, filter)) {
    if (matches(document) && !visit(document, matches)) return;
    count += 1;
    if (count % STRIDE === 0) await operation.breathe();
  }
}

/** The documents that match, at most `limit` of them. */
export async function findMatching(options: {
  collection: Collection | undefined;
  filter: Doc;
  operation: Operation;
  limit?: number;
}): Promise<Doc[]> {
  const { limit = Number.POSITIVE_INFINITY } = options;
  const found: Doc[] = [];
  if (limit <= 0) return found;
  await scan({
    ...options,
    visit: (document) => {
      found.push(document);
      return found.length < limit;
    },
  });
  return found;
}
