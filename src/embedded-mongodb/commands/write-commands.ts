import type { Handler, Request } from '../protocol/request.js';
import { scan } from '../query/scan.js';
import { compileUpdate } from '../update/update.js';
import { upsertedDocument } from '../update/upsert.js';
import { openWriter, type Writer } from '../update/writes.js';
import { type Doc, getField, isDoc, toNumber } from '../values/bson-values.js';
import { CommandError, failedToParse } from '../values/mongo-errors.js';
import { booleanField, checkFields, checkStatement, collectionName, docsField } from './command-arguments.js';
import { checkHint } from './read-commands.js';

const MAX_WRITES = 100_000;

/** `insert`: documents one by one; the first error ends it unless `ordered` is false. */
export const insert: Handler = async (request) => {
  const writer = writerOf(request);
  checkFields(request.command, ['documents', 'ordered', 'bypassDocumentValidation']);
  let n = 0;
  const documents = docsField(request.command, 'documents');
  const writeErrors = await eachStatement(request, documents, async (document) => {
    writer.insert(document);
    n += 1;
  });
  return { fields: { n, ...writeErrors } };
};

/** `update`: operators or replacements, one or many documents, upserts. */
export const update: Handler = async (request) => {
  const { command } = request;
  const writer = writerOf(request);
  checkFields(command, ['updates', 'ordered', 'bypassDocumentValidation']);
  let n = 0;
  let nModified = 0;
  const upserted: Doc[] = [];
  const statements = docsField(command, 'updates').map(parseUpdate);
  const writeErrors = await eachStatement(request, statements, async (statement, index) => {
    const result = await updateStatement(request, writer, statement);
    n += result.matched;
    nModified += result.modified;
    if (result.upserted) upserted.push({ index, _id: getField(result.upserted, '_id') });
  });
  return { fields: { n, nModified, ...(upserted.length > 0 ? { upserted } : {}), ...writeErrors } };
};

/** `delete`: one (`limit: 1`) or all (`limit: 0`) of the documents that match. */
export const remove: Handler = async (request) => {
  const { command, operation } = request;
  const writer = writerOf(request);
  checkFields(command, ['deletes', 'ordered']);
  let n = 0;
  const statements = docsField(command, 'deletes').map(parseDelete);
  const writeErrors = await eachStatement(request, statements, async ({ filter, hint, many }) => {
    checkHint(writer.collection, hint);
    await scan({
      collection: writer.collection,
      filter,
      operation,
      visit: (document) => {
        writer.remove(document);
        n += 1;
        return many;
      },
    });
  });
  return { fields: { n, ...writeErrors } };
};

/** One of `update`'s or `delete`'s statements, its shape checked; its filter and its update are compiled when it is its turn. */
interface Statement {
  readonly filter: Doc;
  readonly hint: unknown;
  readonly many: boolean;
}

interface UpdateStatement extends Statement {
  readonly update: unknown;
  readonly upsert: boolean;
}

function parseUpdate(statement: Doc): UpdateStatement {
  checkStatement(statement, 'update.updates', ['q', 'u', 'multi', 'upsert', 'hint', 'upsertSupplied']);
  return {
    filter: filterOf(statement, 'update.updates'),
    update: requiredField(statement, 'u', 'update.updates'),
    many: booleanField(statement, 'multi') ?? false,
    upsert: booleanField(statement, 'upsert') ?? false,
    hint: statement.hint,
  };
}

function parseDelete(statement: Doc): Statement {
  checkStatement(statement, 'delete.deletes', ['q', 'limit', 'hint']);
  const filter = filterOf(statement, 'delete.deletes');
  const limit = toNumber(requiredField(statement, 'limit', 'delete.deletes'));
  if (limit !== 0 && limit !== 1)
    throw failedToParse(`The limit field in delete objects must be 0 or 1. Got ${String(statement.limit)}`);
  return { filter, hint: statement.hint, many: limit === 0 };
}

interface UpdateResult {
  matched: number;
  modified: number;
  upserted: Doc | undefined;
}

async function updateStatement(request: Request, writer: Writer, statement: UpdateStatement): Promise<UpdateResult> {
  const { filter, many, upsert } = statement;
  const change = compileUpdate(statement.update);
  if (many && change.replaces) throw failedToParse('multi update is not supported for replacement-style update');
  checkHint(writer.collection, statement.hint);
  const result: UpdateResult = { matched: 0, modified: 0, upserted: undefined };
  await scan({
    collection: writer.collection,
    filter,
    operation: request.operation,
    visit: (document) => {
      result.matched += 1;
      if (writer.update(document, change).changed) result.modified += 1;
      return many;
    },
    finish: () => {
      if (result.matched > 0 || !upsert) return;
      result.upserted = writer.insert(upsertedDocument(filter, change, request.server.clock.now()));
      result.matched = 1;
    },
  });
  return result;
}

function filterOf(statement: Doc, path: string): Doc {
  const filter = requiredField(statement, 'q', path);
  if (!isDoc(filter)) throw new CommandError(14, `BSON field '${path}.q' is the wrong type, expected type 'object'`);
  return filter;
}

function requiredField(statement: Doc, field: string, path: string): unknown {
  const value = statement[field];
  if (value === undefined)
    throw new CommandError(40414, `BSON field '${path}.${field}' is missing but a required field`);
  return value;
}

function writerOf({ server, database, command }: Request): Writer {
  return openWriter({ store: server.store, database, name: collectionName(command), clock: server.clock });
}

/** Runs each statement; refusals become `writeErrors`, all but those that end the whole command. */
async function eachStatement<T>(
  { command, operation }: Request,
  statements: readonly T[],
  run: (statement: T, index: number) => Promise<void>,
): Promise<Doc> {
  const ordered = booleanField(command, 'ordered') ?? true;
  if (statements.length === 0 || statements.length > MAX_WRITES) {
    throw new CommandError(
      16,
      `Write batch sizes must be between 1 and ${MAX_WRITES}. Got ${statements.length} operations.`,
    );
  }
  const writeErrors: Doc[] = [];
  for (const [index, statement] of statements.entries()) {
    try {
      await run(statement, index);
    } catch (error) {
      if (!(error instanceof CommandError) || error.code === 50 || error.code === 11601) throw error;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...error.extra });
      if (ordered) break;
    }
    if (index % 64 === 63) await operation.yieldToEventLoop();
  }
  return writeErrors.length > 0 ? { writeErrors } : {};
}
