import { batchesOf } from '../protocol/cursors.js';
import type { Handler } from '../protocol/request.js';
import { compileFilter } from '../query/filter.js';
import { isTrue } from '../query/filter-operators.js';
import { compileProjection } from '../query/projection.js';
import type { Collection, IndexSpecification } from '../storage/collection.js';
import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { equalBson } from '../values/compare.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { checkFields, collectionName, docField, docsField, integerField } from './command-arguments.js';
import { openCursor } from './read-commands.js';

/** `createIndexes`: those that are there already, just so, are left alone. */
export const createIndexes: Handler = ({ command, database, server }) => {
  const name = collectionName(command);
  checkFields(command, ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions']);
  const specifications = docsField(command, 'indexes').map(parseIndex);
  if (specifications.length === 0) throw badValue('Must specify at least one index to create');
  const createdCollectionAutomatically = server.store.find(database, name) === undefined;
  const collection = server.store.open(database, name);
  const before = collection.indexes().length;
  for (const specification of specifications)
    if (!isThere(collection, specification)) collection.addIndex(specification);
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

/** `listCollections`: as a cursor, filtered. */
export const listCollections: Handler = (request) => {
  const { command, database, server } = request;
  checkFields(command, ['filter', 'nameOnly', 'authorizedCollections', 'cursor']);
  const matches = compileFilter(docField(command, 'filter') ?? {});
  const nameOnly = isTrue(command.nameOnly);
  const found = server.store
    .collections(database)
    .map(
      (collection): Doc => ({
        name: collection.namespace.slice(database.length + 1),
        type: 'collection',
        options: {},
        info: { readOnly: false },
        idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
      }),
    )
    .filter(matches);
  const documents = nameOnly
    ? found.map(compileProjection({ name: 1, type: 1, _id: 0 }) ?? ((document) => document))
    : found;
  const first = integerField(docField(command, 'cursor') ?? {}, 'batchSize', 0) ?? 101;
  return openCursor(request, `${database}.$cmd.listCollections`, batchesOf(documents), { first, single: false });
};

/** `create`: an ordinary collection. Views, capped and time series collections and validators are refused. */
export const create: Handler = ({ command, database, server }) => {
  const name = collectionName(command);
  const refused = [
    'capped',
    'timeseries',
    'viewOn',
    'validator',
    'clusteredIndex',
    'expireAfterSeconds',
    'changeStreamPreAndPostImages',
    'encryptedFields',
  ];
  const option = refused.find((field) => command[field] !== undefined && command[field] !== false);
  if (option !== undefined) throw notImplemented(`A collection with ${option}`);
  checkFields(command, [...refused, 'autoIndexId', 'flags', 'idIndex']);
  if (server.store.find(database, name)) throw new CommandError(48, `Collection ${database}.${name} already exists.`);
  server.store.open(database, name);
  return { fields: {} };
};

/** `drop`: a collection with its indexes. */
export const drop: Handler = ({ command, database, server }) => {
  const name = collectionName(command);
  checkFields(command, []);
  const nIndexesWas = server.store.find(database, name)?.indexes().length;
  // Since 7.0 it is no error when there is none.
  if (!server.store.drop(database, name)) return { fields: {} };
  return { fields: { nIndexesWas, ns: `${database}.${name}` } };
};

/** `dropDatabase`: all its collections. */
export const dropDatabase: Handler = ({ command, database, server }) => {
  checkFields(command, []);
  const existed = server.store.collections(database).length > 0;
  server.store.dropDatabase(database);
  return { fields: existed ? { dropped: database } : {} };
};

const indexOptions = new Set([
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'background',
  'partialFilterExpression',
  '2dsphereIndexVersion',
  'hidden',
]);
const unsupportedOptions = new Set([
  ...[
    'expireAfterSeconds',
    'collation',
    'weights',
    'default_language',
    'language_override',
    'textIndexVersion',
    'bits',
    'min',
    'max',
  ],
  ...['bucketSize', 'storageEngine', 'wildcardProjection', 'prepareUnique', 'clustered'],
]);

function parseIndex(given: Doc): IndexSpecification {
  const { key, name } = given;
  if (!isDoc(key)) throw new CommandError(9, "The 'key' field is a required property of an index specification");
  if (Object.keys(key).length === 0) throw new CommandError(67, 'Index keys cannot be an empty object');
  if (typeof name !== 'string')
    throw new CommandError(9, "The 'name' field is a required property of an index specification");
  for (const option of Object.keys(given)) {
    if (unsupportedOptions.has(option)) throw notImplemented(`An index with ${option}`);
    if (!indexOptions.has(option)) {
      throw new CommandError(
        197,
        `The field '${option}' is not valid for an index specification. Specification: ${JSON.stringify(given)}`,
      );
    }
  }
  for (const [path, type] of Object.entries(key)) checkKey(path, type);
  const { partialFilterExpression } = given;
  if (partialFilterExpression !== undefined) compileFilter(partialFilterExpression);
  const geo = Object.values(key).includes('2dsphere') ? { '2dsphereIndexVersion': 3 } : {};
  const flags = Object.fromEntries(
    ['unique', 'sparse', 'hidden'].filter((flag) => isTrue(given[flag])).map((flag) => [flag, true]),
  );
  return {
    v: 2,
    key,
    name,
    ...flags,
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    ...geo,
  };
}

function checkKey(path: string, type: unknown): void {
  if (path === '' || path.split('.').includes('')) throw new CommandError(67, 'Index keys cannot be an empty field.');
  if (path.includes('$'))
    throw new CommandError(
      67,
      `Index key contains an illegal field name or a wildcard, which the embedded database has not got: ${path}`,
    );
  if (type === '2dsphere') return;
  if (['text', '2d', 'hashed', 'geoHaystack'].includes(String(type)))
    throw notImplemented(`An index of type ${String(type)}`);
  const direction = toNumber(type);
  if (typeof type === 'string') throw new CommandError(67, `Unknown index plugin '${type}'`);
  if (direction === undefined || direction === 0 || Number.isNaN(direction)) {
    throw new CommandError(
      67,
      `Values in v:2 index key pattern cannot be of that type or value. Only numbers > 0, numbers < 0, and strings are allowed: ${path}`,
    );
  }
}

/** Is the very index there? Refuses one that is at odds with those that are. */
function isThere(collection: Collection, wanted: IndexSpecification): boolean {
  const signature = ({ key, unique, sparse, partialFilterExpression: filter }: IndexSpecification): unknown[] => [
    Object.entries(key),
    unique ?? false,
    sparse ?? false,
    filter ?? null,
  ];
  const shown = (index: IndexSpecification): string => JSON.stringify(index);
  for (const index of collection.indexes()) {
    // The index on _id is one, whatever it is called.
    if (index.name === '_id_' && equalBson(index.key, wanted.key)) return true;
    const same = equalBson(signature(index), signature(wanted));
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
