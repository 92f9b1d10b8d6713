import { compileFilter } from '../query/filter.js';
import type { Clock } from '../server-clock.js';
import { openWriter } from '../update/writes.js';
import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { keysAt } from '../values/field-paths.js';
import type { IndexSpecification } from './collection.js';
import type { Store } from './document-store.js';

/** How often MongoDB looks for documents whose time is over. */
const SWEEP_MS = 60_000;

/** Deletes, every minute, the documents whose date in a TTL index is past its `expireAfterSeconds`; the answer ends that. */
export function startExpiry({ store, clock }: { store: Store; clock: Clock }): () => void {
  function sweep(): void {
    for (const { database, collection, indexes } of store.everything()) {
      const writer = openWriter({ store, database, name: collection, clock });
      for (const index of indexes) {
        const isExpired = compileExpiry(index, clock.now());
        if (!isExpired) continue;
        for (const document of writer.collection?.documents() ?? []) if (isExpired(document)) writer.remove(document);
      }
    }
    cancel = clock.after(SWEEP_MS, sweep);
  }

  let cancel = clock.after(SWEEP_MS, sweep);
  return () => cancel();
}

/** Undefined for an index without a time to live. What is no date never expires; of an array, the earliest date counts. */
function compileExpiry(index: IndexSpecification, now: number): ((document: Doc) => boolean) | undefined {
  const seconds = toNumber(index.expireAfterSeconds);
  const [path] = Object.keys(index.key);
  if (seconds === undefined || path === undefined) return undefined;
  const { partialFilterExpression } = index;
  const covers = isDoc(partialFilterExpression) ? compileFilter(partialFilterExpression) : () => true;
  const limit = now - seconds * 1000;
  return (document) =>
    keysAt(document, path.split('.')).some((key) => key instanceof Date && key.getTime() <= limit) && covers(document);
}
