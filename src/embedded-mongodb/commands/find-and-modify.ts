import type { Handler, Reply } from '../protocol/request.js';
import { compileProjection } from '../query/projection.js';
import { findMatching } from '../query/scan.js';
import { compileSort } from '../query/sort.js';
import { compileUpdate } from '../update/update.js';
import { upsertedDocument } from '../update/upsert.js';
import { openWriter } from '../update/writes.js';
import { type Doc, getField } from '../values/bson-values.js';
import { failedToParse, notImplemented } from '../values/mongo-errors.js';
import { booleanField, checkFields, collectionName, docField } from './command-arguments.js';
import { checkHint } from './read-commands.js';

/** `findAndModify`: changes or removes the first document that matches, and answers it as it was or (`new`) as it is. */
export const findAndModify: Handler = async ({ command, database, server, operation }) => {
  checkFields(command, [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'hint',
    'bypassDocumentValidation',
    'arrayFilters',
  ]);
  if (command.arrayFilters !== undefined) throw notImplemented('The option arrayFilters');
  const remove = booleanField(command, 'remove') ?? false;
  const upsert = booleanField(command, 'upsert') ?? false;
  const wantsNew = booleanField(command, 'new') ?? false;
  if (remove && command.update !== undefined) throw failedToParse("Cannot specify both an 'update' and 'remove'=true");
  if (remove && upsert) throw failedToParse("Cannot specify both 'upsert'=true and 'remove'=true");
  if (remove && wantsNew)
    throw failedToParse(
      "Cannot specify both 'new'=true and 'remove'=true; 'remove' always returns the deleted document",
    );
  if (!remove && command.update === undefined) throw failedToParse('Either an update or remove=true must be specified');
  const writer = openWriter({ store: server.store, database, name: collectionName(command), clock: server.clock });
  checkHint(writer.collection, command.hint);
  const filter = docField(command, 'query') ?? {};
  const sort = compileSort(docField(command, 'sort'));
  const project = compileProjection(docField(command, 'fields'));
  const update = remove ? undefined : compileUpdate(command.update);
  const shown = (document: Doc | undefined): Doc | null => (document ? (project?.(document) ?? document) : null);

  const matching = await findMatching({
    collection: writer.collection,
    filter,
    operation,
    ...(sort ? {} : { limit: 1 }),
  });
  const [found] = sort ? sort(matching) : matching;
  // Nothing waits from here on, so that nobody else can have changed the document in between.
  operation.check();
  if (found && !update) {
    writer.remove(found);
    return answer({ n: 1 }, shown(found));
  }
  if (found && update) {
    const { document } = writer.update(found, update);
    return answer({ n: 1, updatedExisting: true }, shown(wantsNew ? document : found));
  }
  if (!update) return answer({ n: 0 }, null);
  if (!upsert) return answer({ n: 0, updatedExisting: false }, null);
  const inserted = writer.insert(upsertedDocument(filter, update, server.clock.now()));
  return answer(
    { n: 1, updatedExisting: false, upserted: getField(inserted, '_id') },
    wantsNew ? shown(inserted) : null,
  );
};

const answer = (lastErrorObject: Doc, value: Doc | null): Reply => ({ fields: { lastErrorObject, value } });
