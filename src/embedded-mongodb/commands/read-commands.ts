import { Long } from 'bson';
import { checkPipeline, compilePipeline } from '../aggregation/pipeline.js';
import { openChangeStream, type Scope } from '../change-streams/change-stream.js';
import type { Operation } from '../protocol/client-operation.js';
import { type BatchSource, batchesOf } from '../protocol/cursors.js';
import type { Handler, Reply, Request } from '../protocol/request.js';
import { compileProjection } from '../query/projection.js';
import { findMatching } from '../query/scan.js';
import { compileSort } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { equalBson, keyOf } from '../values/compare.js';
import { visitPath } from '../values/field-paths.js';
import { badValue, CommandError, notImplemented, typeMismatch } from '../values/mongo-errors.js';
import { booleanField, checkFields, collectionName, docField, integerField } from './command-arguments.js';
import { splitOut, writeOut } from './out-stage.js';

const FIRST_BATCH = 101;

/** `find`: filter, sort, skip, limit, projection; a cursor. */
export const find: Handler = async (request) => {
  const { command, database, server, operation } = request;
  const name = collectionName(command);
  checkFields(command, [
    ...['filter', 'sort', 'projection', 'hint', 'skip', 'limit', 'batchSize', 'singleBatch', 'noCursorTimeout'],
    ...['allowPartialResults', 'allowDiskUse', 'tailable', 'awaitData', 'oplogReplay'],
  ]);
  if (booleanField(command, 'tailable') || booleanField(command, 'awaitData')) {
    throw badValue('error processing query: tailable cursor requested on non capped collection');
  }
  const collection = server.store.find(database, name);
  checkHint(collection, command.hint);
  const filter = docField(command, 'filter') ?? {};
  const sort = compileSort(docField(command, 'sort'));
  const project = compileProjection(docField(command, 'projection'));
  const skip = integerField(command, 'skip', 0) ?? 0;
  const limit = integerField(command, 'limit') ?? 0;
  const batchSize = integerField(command, 'batchSize', 0);
  const single = booleanField(command, 'singleBatch') === true || limit < 0;
  const wanted = limit === 0 ? Number.POSITIVE_INFINITY : Math.abs(limit) + skip;
  const matching = await findMatching({ collection, filter, operation, ...(sort ? {} : { limit: wanted }) });
  const found = (sort ? sort(matching) : matching).slice(skip, wanted);
  operation.check();
  const first = batchSize ?? (single && limit !== 0 ? Math.abs(limit) : FIRST_BATCH);
  const source = batchesOf(project ? map(found, project) : found);
  return openCursor(request, `${database}.${name}`, source, { first, single });
};

/** `aggregate`: a pipeline over a collection, or a change stream. */
export const aggregate: Handler = async (request) => {
  const { command, database, server, operation } = request;
  checkFields(command, ['pipeline', 'cursor', 'allowDiskUse', 'bypassDocumentValidation', 'hint', 'explain']);
  if (booleanField(command, 'explain')) throw notImplemented('explain');
  const pipeline = checkPipeline(command.pipeline);
  const cursor = docField(command, 'cursor');
  if (!cursor)
    throw new CommandError(9, "The 'cursor' option is required, except for aggregate with the explain argument");
  const first = integerField(cursor, 'batchSize', 0) ?? FIRST_BATCH;
  const whole = typeof command.aggregate === 'string' ? undefined : toNumber(command.aggregate);
  if (whole !== undefined && whole !== 1)
    throw new CommandError(9, "Invalid command format: the 'aggregate' field must specify a collection name or 1");
  const name = whole === 1 ? '$cmd.aggregate' : collectionName(command);
  const namespace = `${database}.${name}`;
  const [start, ...rest] = pipeline;
  if (start && '$changeStream' in start) {
    const options = start.$changeStream;
    if (!isDoc(options))
      throw new CommandError(6188500, '$changeStream must take a nested object but found another type');
    const source = openChangeStream(
      server.store,
      scopeOf(request, whole === 1 ? undefined : name, options),
      options,
      rest,
    );
    return openCursor(request, namespace, source, { first, single: false, changeStream: true });
  }
  if (rest.some((stage) => '$changeStream' in stage))
    throw new CommandError(40602, '$changeStream is only valid as the first stage in a pipeline');
  if (whole === 1)
    throw new CommandError(
      73,
      `{aggregate: 1} is not valid for '${Object.keys(start ?? {})[0] ?? ''}'; a collection is required.`,
    );
  const collection = server.store.find(database, name);
  checkHint(collection, command.hint);
  const { stages, out } = splitOut(pipeline, database);
  const filter = stages[0]?.$match;
  const run = compilePipeline(isDoc(filter) ? stages.slice(1) : stages);
  const matching = await findMatching({ collection, filter: isDoc(filter) ? filter : {}, operation });
  operation.check();
  const documents = run(checked(matching, operation));
  if (out) await writeOut(request, out, documents);
  return openCursor(request, namespace, batchesOf(out ? [] : documents), { first, single: false });
};

/** `count`: how many documents match, between skip and limit. */
export const count: Handler = async ({ command, database, server, operation }) => {
  const collection = server.store.find(database, collectionName(command));
  checkFields(command, ['query', 'limit', 'skip', 'hint', 'fields']);
  checkHint(collection, command.hint);
  const filter = docField(command, 'query') ?? {};
  const limit = Math.abs(integerField(command, 'limit') ?? 0);
  const skip = integerField(command, 'skip', 0) ?? 0;
  const all = Object.keys(filter).length === 0;
  const found = all ? (collection?.size ?? 0) : (await findMatching({ collection, filter, operation })).length;
  const after = Math.max(0, found - skip);
  return { fields: { n: limit === 0 ? after : Math.min(limit, after) } };
};

/** `distinct`: the values of a path, those of arrays one by one. */
export const distinct: Handler = async ({ command, database, server, operation }) => {
  const collection = server.store.find(database, collectionName(command));
  checkFields(command, ['key', 'query', 'hint']);
  const { key } = command;
  if (key === undefined) throw new CommandError(40414, "BSON field 'distinct.key' is missing but a required field");
  if (typeof key !== 'string')
    throw typeMismatch("BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const values = new Map<string, unknown>();
  for (const document of await findMatching({ collection, filter: docField(command, 'query') ?? {}, operation })) {
    visitPath(document, key.split('.'), (value) => {
      for (const one of Array.isArray(value) ? value : [value]) {
        if (one !== undefined && !values.has(keyOf(one))) values.set(keyOf(one), one);
      }
      return false;
    });
  }
  return { fields: { values: [...values.values()] } };
};

function scopeOf({ database }: Request, collection: string | undefined, options: Doc): Scope {
  if (options.allChangesForCluster === true) {
    if (database === 'admin' && collection === undefined) return {};
    throw new CommandError(
      72,
      "A $changeStream with 'allChangesForCluster:true' may only be opened on the 'admin' database, and with no collection name; found another namespace",
    );
  }
  if (['admin', 'config', 'local'].includes(database))
    throw new CommandError(73, `$changeStream may not be opened on the internal ${database} database`);
  return collection === undefined ? { database } : { database, collection };
}

/** Refuses a hint that names no index. What a hint names is not needed otherwise: there is but one way to find documents. */
export function checkHint(collection: Collection | undefined, hint: unknown): void {
  if (hint === undefined || (isDoc(hint) && Object.keys(hint).length === 0)) return;
  if (typeof hint !== 'string' && !isDoc(hint)) throw new CommandError(9, 'hint must be an object or a string');
  if (isDoc(hint) && '$natural' in hint) {
    if (toNumber(hint.$natural) === 1) return;
    throw notImplemented('A hint at the reverse natural order');
  }
  const indexes = collection?.indexes() ?? [];
  if (!collection || indexes.some(({ name, key }) => name === hint || equalBson(key, hint))) return;
  throw badValue(
    'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
  );
}

/** The first batch, and a cursor for the rest where there is one. */
export async function openCursor(
  request: Request,
  namespace: string,
  source: BatchSource,
  options: { first: number; single: boolean; changeStream?: boolean },
): Promise<Reply> {
  const { server, connection, session, operation } = request;
  const batch = await source.next(operation, options.first, undefined);
  const ended = batch.done || options.single;
  const changeStream = options.changeStream === true;
  const id = ended ? Long.ZERO : server.cursors.open({ namespace, connection, session, source, changeStream }).id;
  const token = batch.resumeToken ? { postBatchResumeToken: batch.resumeToken } : {};
  return { fields: {}, cursor: { fields: { id, ns: namespace, ...token }, name: 'firstBatch', batch } };
}

/** A pipeline runs in one go: this ends it when its time is over. */
function* checked(documents: Iterable<Doc>, operation: Operation): Iterable<Doc> {
  let count = 0;
  for (const document of documents) {
    count += 1;
    if (count % 256 === 0) operation.check();
    yield document;
  }
}

function* map(documents: Iterable<Doc>, change: (document: Doc) => Doc): Iterable<Doc> {
  for (const document of documents) yield change(document);
}
