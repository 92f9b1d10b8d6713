import { batchesOf } from '../protocol/cursors.js';
import type { Handler } from '../protocol/request.js';
import type { Collection, IndexSpecification } from '../storage/collection.js';
import { fieldNames, isDoc } from '../values/bson-values.js';
import { equalBson } from '../values/compare.js';
import { badValue, CommandError } from '../values/mongo-errors.js';
import { checkFields, collectionName, docField, docsField, integerField } from './command-arguments.js';
import { parseIndex } from './index-specification.js';
import { openCursor } from './read-commands.js';

/** `createIndexes`: all of them or, where one is refused, none; those that are there already are left alone. */
export const createIndexes: Handler = ({ command, database, server }) => {
  const name = collectionName(command);
  checkFields(command, ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions']);
  const specifications = docsField(command, 'indexes').map(parseIndex);
  checkDistinct(specifications);
  if (specifications.length === 0) throw badValue('Must specify at least one index to create');
  const createdCollectionAutomatically = server.store.find(database, name) === undefined;
  const collection = server.store.open(database, name);
  const before = collection.indexes().length;
  collection.addIndexes(specifications.filter((specification) => !isThere(collection, specification)));
  const after = collection.indexes().length;
  const note = after === before ? { note: 'all indexes already exist' } : {};
  return { fields: { numIndexesBefore: before, numIndexesAfter: after, createdCollectionAutomatically, ...note } };
};

/** `listIndexes`: as a cursor. */
export const listIndexes: Handler = (request) => {
  const { command, database, server } = request;
  const name = collectionName(command);
  checkFields(command, ['cursor']);
  const collection = server.store.find(database, name);
  if (!collection) throw new CommandError(26, `ns does not exist: ${database}.${name}`);
  const first = integerField(docField(command, 'cursor') ?? {}, 'batchSize', 0) ?? 101;
  return openCursor(request, `${database}.${name}`, batchesOf(collection.indexes()), { first, single: false });
};

/** `dropIndexes`: by name, by key, a list of names, or `*` for all but `_id`. */
export const dropIndexes: Handler = ({ command, database, server }) => {
  const name = collectionName(command);
  checkFields(command, ['index']);
  const collection = server.store.find(database, name);
  if (!collection) throw new CommandError(26, `ns not found ${database}.${name}`);
  const indexes = collection.indexes();
  const wanted: unknown[] = Array.isArray(command.index) ? command.index : [command.index];
  const names = wanted.flatMap((index): string[] => {
    if (index === '*') return indexes.map((one) => one.name).filter((one) => one !== '_id_');
    const found = indexes.find((one) => one.name === index || (isDoc(index) && equalBson(one.key, index)));
    if (!found)
      throw new CommandError(
        27,
        isDoc(index)
          ? `can't find index with key: ${JSON.stringify(index)}`
          : `index not found with name [${String(index)}]`,
      );
    if (found.name === '_id_') throw new CommandError(72, 'cannot drop _id index');
    return [found.name];
  });
  for (const one of names) collection.dropIndex(one);
  return { fields: { nIndexesWas: indexes.length } };
};

function checkDistinct(specifications: readonly IndexSpecification[]): void {
  specifications.forEach((one, i) => {
    const twin = specifications.slice(0, i).find((other) => equalBson(other, one));
    if (twin) throw new CommandError(68, `Identical index already exists: ${twin.name}`);
    const namesake = specifications.slice(0, i).find((other) => other.name === one.name);
    if (namesake) throw new CommandError(86, `Two indexes of the command have the same name: ${one.name}`);
  });
}

/** Is the very index there? Refuses one that is at odds with those that are. */
function isThere(collection: Collection, wanted: IndexSpecification): boolean {
  const signature = ({ key, unique, sparse, partialFilterExpression: filter }: IndexSpecification): unknown[] => [
    fieldNames(key).map((path) => [path, key[path]]),
    unique ?? false,
    sparse ?? false,
    filter ?? null,
  ];
  const shown = (index: IndexSpecification): string => JSON.stringify(index);
  for (const index of collection.indexes()) {
    // There is one index on _id, under any name.
    if (index.name === '_id_' && equalBson(index.key, wanted.key)) return true;
    const same = equalBson(signature(index), signature(wanted));
    const sameExpiry = equalBson(index.expireAfterSeconds ?? null, wanted.expireAfterSeconds ?? null);
    if (same && !sameExpiry) {
      throw new CommandError(
        85,
        `An equivalent index already exists with the same name but different options. Requested index: ${shown(wanted)}, existing index: ${shown(index)}`,
      );
    }
    if (index.name === wanted.name && same) return true;
    if (index.name === wanted.name) {
      throw new CommandError(
        86,
        `An existing index has the same name as the requested index. When index names are not specified, they are auto generated and can cause conflicts. Please refer to our documentation. Requested index: ${shown(wanted)}, existing index: ${shown(index)}`,
      );
    }
    if (same) throw new CommandError(85, `Index already exists with a different name: ${index.name}`);
  }
  return false;
}
