import type { Operation } from '../protocol/client-operation.js';
import type { Collection } from '../storage/collection.js';
import type { Doc } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { CommandError } from '../values/mongo-errors.js';
import { compileFilter, idsOf } from './filter.js';

/** How many documents are looked at between two looks at the time. */
const STRIDE = 16;

/**
 * The documents that a filter can match: those with the ids that it names, in the order of the index on `_id`, else all of them in
 * the order of insertion. Each is read when it is its turn, so that the caller sees it as it is at that moment.
 */
function* candidates(collection: Collection, filter: Doc): Iterable<Doc> {
  const ids = idsOf(filter);
  if (!ids) {
    yield* collection.documents();
    return;
  }
  for (const id of ids) {
    const document = collection.get(keyOf(id));
    if (document) yield document;
  }
}

/**
 * Calls `visit` for each document that matches until it says false, then `finish`. Others run between two documents, but never
 * between the look at a document and its `visit`, nor between the last look and `finish`: a writer changes what it has found in
 * one step. Throws QueryPlanKilled (175) when the collection is dropped or renamed meanwhile.
 */
export async function scan(options: {
  collection: Collection | undefined;
  filter: Doc;
  operation: Operation;
  /** Called for each document that is looked at. */
  examine?(): void;
  visit(document: Doc): boolean;
  finish?(): void;
}): Promise<void> {
  const { collection, filter, operation, examine, visit, finish } = options;
  const matches = compileFilter(filter);
  operation.check();
  let count = 0;
  for (const document of collection ? candidates(collection, filter) : []) {
    examine?.();
    if (matches(document) && !visit(document)) break;
    count += 1;
    if (count % STRIDE === 0) {
      await operation.yieldToEventLoop();
      if (collection?.gone !== undefined) throw new CommandError(175, collection.gone);
    }
  }
  finish?.();
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
