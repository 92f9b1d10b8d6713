import { ObjectId } from 'bson';
import { type Doc, fieldNames, getField, isDoc, regexParts, withIdFirst } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { checkGeoKeys } from '../values/geo.js';
import { CommandError } from '../values/mongo-errors.js';
import { createUniqueIndex, duplicateKey, type UniqueIndex } from './unique-index.js';

/** An index as `listIndexes` shows it. */
export type IndexSpecification = Doc & { readonly name: string; readonly key: Doc };

const ID_INDEX: IndexSpecification = { v: 2, key: { _id: 1 }, name: '_id_' };

/** The documents of one collection, by id, with its unique indexes. Each change is atomic; documents are never changed in place. */
export interface Collection {
  readonly namespace: string;
  readonly size: number;
  /** Why the collection is no longer at its name (it was dropped or renamed); undefined while it is. */
  readonly gone: string | undefined;
  retire(reason: string): void;
  /** In the order of insertion. May be read while others write: a document that was taken out is passed over. */
  documents(): Iterable<Doc>;
  get(idKey: string): Doc | undefined;
  /** Inserts and gives back the document as it is stored: with an `_id`, which comes first. Throws DuplicateKey (11000). */
  insert(document: Doc): Doc;
  /** Puts another document in the place of the one with the same id. Throws DuplicateKey (11000). */
  replace(document: Doc): void;
  remove(document: Doc): void;
  indexes(): readonly IndexSpecification[];
  /** Adds all of them. Throws DuplicateKey (11000), and adds none, when the documents that are there break a unique one. */
  addIndexes(specifications: readonly IndexSpecification[]): void;
  dropIndex(name: string): void;
}

interface Index {
  readonly specification: IndexSpecification;
  readonly unique: UniqueIndex | undefined;
  /** The paths that have to hold geometries. */
  readonly geo: readonly string[];
}

/** Makes a collection; `namespace` is `database.collection`. It is empty, unless it takes the documents and indexes of a renamed one. */
export function createCollection(namespace: string, renamed?: Collection): Collection {
  const documents = new Map<string, Doc>();
  for (const document of renamed?.documents() ?? []) documents.set(keyOf(getField(document, '_id')), document);
  const indexes = new Map<string, Index>();
  for (const specification of renamed?.indexes() ?? [ID_INDEX])
    indexes.set(specification.name, buildIndex(namespace, specification, documents));
  let gone: string | undefined;

  function check(document: Doc, key: string): void {
    for (const { unique, geo } of indexes.values()) {
      unique?.check(document, key);
      for (const path of geo) checkGeoKeys(document, path);
    }
  }

  return {
    namespace,
    get size() {
      return documents.size;
    },
    get gone() {
      return gone;
    },
    retire: (reason) => {
      gone = reason;
    },
    documents: () => documents.values(),
    get: (idKey) => documents.get(idKey),
    insert: (given) => {
      const document = withId(given);
      const id = getField(document, '_id');
      const key = keyOf(id);
      if (documents.has(key)) throw duplicateKey(namespace, '_id_', { _id: 1 }, [id]);
      check(document, key);
      documents.set(key, document);
      for (const { unique } of indexes.values()) unique?.add(document, key);
      return document;
    },
    replace: (document) => {
      const key = keyOf(getField(document, '_id'));
      const old = documents.get(key);
      check(document, key);
      for (const { unique } of indexes.values()) {
        if (old) unique?.remove(old);
        unique?.add(document, key);
      }
      documents.set(key, document);
    },
    remove: (document) => {
      documents.delete(keyOf(getField(document, '_id')));
      for (const { unique } of indexes.values()) unique?.remove(document);
    },
    indexes: () => [...indexes.values()].map(({ specification }) => specification),
    addIndexes: (specifications) => {
      const made = specifications.map((specification) => buildIndex(namespace, specification, documents));
      for (const index of made) indexes.set(index.specification.name, index);
    },
    dropIndex: (name) => {
      indexes.delete(name);
    },
  };
}

function buildIndex(namespace: string, specification: IndexSpecification, documents: ReadonlyMap<string, Doc>): Index {
  const { name, key, sparse, partialFilterExpression } = specification;
  const partialFilter = isDoc(partialFilterExpression) ? partialFilterExpression : undefined;
  const unique =
    specification.unique === true
      ? createUniqueIndex({ namespace, name, key, sparse: sparse === true, partialFilter })
      : undefined;
  const geo = Object.keys(key).filter((path) => key[path] === '2dsphere');
  for (const [id, document] of documents) {
    unique?.check(document, id);
    unique?.add(document, id);
    for (const path of geo) checkGeoKeys(document, path);
  }
  return { specification, unique, geo };
}

function withId(document: Doc): Doc {
  const id = getField(document, '_id') ?? new ObjectId();
  checkId(id);
  return fieldNames(document)[0] === '_id' ? document : withIdFirst(document, id);
}

function checkId(id: unknown): void {
  if (Array.isArray(id)) throw new CommandError(53, "The '_id' value cannot be of type array");
  if (regexParts(id)) throw new CommandError(53, "The '_id' value cannot be of type regex");
  checkStorable(id);
}

/** Within an `_id`, only the fields of a DBRef may begin with a dollar sign. */
function checkStorable(value: unknown): void {
  if (Array.isArray(value)) value.forEach(checkStorable);
  if (!isDoc(value)) return;
  const isDbRef = '$ref' in value && '$id' in value;
  for (const [field, inner] of Object.entries(value)) {
    if (field.startsWith('$') && !(isDbRef && ['$ref', '$id', '$db'].includes(field)))
      throw new CommandError(52, `_id fields may not contain '$'-prefixed fields: ${field} is not valid for storage.`);
    checkStorable(inner);
  }
}
