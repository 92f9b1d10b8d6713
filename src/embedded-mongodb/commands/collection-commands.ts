import { batchesOf } from '../protocol/cursors.js';
import type { Handler } from '../protocol/request.js';
import { compileFilter } from '../query/filter.js';
import { isTrue } from '../query/filter-operators.js';
import { compileProjection } from '../query/projection.js';
import type { Doc } from '../values/bson-values.js';
import { CommandError, notImplemented, typeMismatch } from '../values/mongo-errors.js';
import { booleanField, checkFields, collectionName, docField, integerField } from './command-arguments.js';
import { openCursor } from './read-commands.js';

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

/** `renameCollection`: within one database, in the place of another collection where `dropTarget` says so. */
export const renameCollection: Handler = ({ command, database, server }) => {
  checkFields(command, ['to', 'dropTarget', 'stayTemp']);
  if (database !== 'admin') throw new CommandError(13, 'renameCollection may only be run against the admin database.');
  const source = namespaceOf(command, 'renameCollection');
  const target = namespaceOf(command, 'to');
  if (source.database === target.database && source.collection === target.collection)
    throw new CommandError(20, "Can't rename a collection to itself");
  const { store } = server;
  if (!store.find(source.database, source.collection))
    throw new CommandError(26, `Source collection ${source.database}.${source.collection} does not exist`);
  if (store.find(target.database, target.collection) && booleanField(command, 'dropTarget') !== true)
    throw new CommandError(48, 'target namespace exists');
  if (source.database !== target.database) throw notImplemented('renameCollection across databases');
  store.rename(source.database, source.collection, target.collection);
  return { fields: {} };
};

function namespaceOf(command: Doc, field: string): { database: string; collection: string } {
  const value = command[field];
  if (value === undefined)
    throw new CommandError(40414, `BSON field 'renameCollection.${field}' is missing but a required field`);
  if (typeof value !== 'string') throw typeMismatch(`BSON field 'renameCollection.${field}' must be a string`);
  const dot = value.indexOf('.');
  if (dot <= 0 || dot === value.length - 1) throw new CommandError(73, `Invalid namespace specified '${value}'`);
  return { database: value.slice(0, dot), collection: value.slice(dot + 1) };
}
