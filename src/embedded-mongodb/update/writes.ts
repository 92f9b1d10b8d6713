import type { Clock } from '../server-clock.js';
import type { Collection } from '../storage/collection.js';
import type { Store } from '../storage/document-store.js';
import { encode } from '../values/bson-codec.js';
import { type Doc, getField, setField } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import type { Update, Updated } from './update.js';
import { findPlace } from './update-paths.js';

const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** Changes to a collection, each atomic and each told to the change log. */
export interface Writer {
  readonly collection: Collection | undefined;
  /** Answers the document as it is stored. */
  insert(document: Doc): Doc;
  /** Applies an update to a stored document. Throws what the update or a unique index refuses; nothing has changed then. */
  update(old: Doc, update: Update): Updated;
  remove(document: Doc): void;
}

/** Opens a collection for writing; it is made by the first insert. */
export function openWriter(options: { store: Store; database: string; name: string; clock: Clock }): Writer {
  const { store, database, name, clock } = options;
  const change = { database, collection: name };

  return {
    get collection() {
      return store.find(database, name);
    },
    insert: (document) => {
      const bytes = checkedSize(document);
      const stored = store.open(database, name).insert(document);
      store.changes.append(
        { ...change, operationType: 'insert', id: getField(stored, '_id'), document: stored },
        bytes,
      );
      return stored;
    },
    update: (old, update) => {
      const updated = update.apply(old, { inserting: false, now: clock.now() });
      if (!updated.changed) return updated;
      const bytes = checkedSize(updated.document);
      store.find(database, name)?.replace(updated.document);
      const id = getField(updated.document, '_id');
      if (updated.paths) {
        const updateDescription = describe(updated.document, updated.paths);
        store.changes.append({ ...change, operationType: 'update', id, updateDescription }, bytes);
      } else {
        store.changes.append({ ...change, operationType: 'replace', id, document: updated.document }, bytes);
      }
      return updated;
    },
    remove: (document) => {
      store.find(database, name)?.remove(document);
      store.changes.append({ ...change, operationType: 'delete', id: getField(document, '_id') });
    },
  };
}

/** The document's size in bytes, as long as that is not too much. */
function checkedSize(document: Doc): number {
  const bytes = encode(document).byteLength;
  if (bytes > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      10334,
      `object to insert too large. size in bytes: ${bytes}, max size: ${MAX_DOCUMENT_BYTES}`,
    );
  }
  return bytes;
}

function describe(document: Doc, paths: readonly string[]): Doc {
  const updatedFields: Doc = {};
  const removedFields: string[] = [];
  for (const path of paths) {
    const value = findPlace(document, path, false)?.value;
    if (value === undefined) removedFields.push(path);
    else setField(updatedFields, path, value);
  }
  return { updatedFields, removedFields, truncatedArrays: [] };
}
