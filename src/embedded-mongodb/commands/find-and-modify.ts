import type { Operation } from '../protocol/client-operation.js';
import type { Handler, Reply } from '../protocol/request.js';
import { compileFilter } from '../query/filter.js';
import { compileProjection } from '../query/projection.js';
import { findMatching, scan } from '../query/scan.js';
import { compileSort, type Sorter } from '../query/sort.js';
import type { Collection } from '../storage/collection.js';
import { compileUpdate } from '../update/update.js';
import { upsertedDocument } from '../update/upsert.js';
import { openWriter } from '../update/writes.js';
import { type Doc, getField } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
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

  const change = (found: Doc): Reply => {
    if (!update) {
      writer.remove(found);
      return answer({ n: 1 }, shown(found));
    }
    const { document } = writer.update(found, update);
    return answer({ n: 1, updatedExisting: true }, shown(wantsNew ? document : found));
  };
  const otherwise = (): Reply => {
    if (!update) return answer({ n: 0 }, null);
    if (!upsert) return answer({ n: 0, updatedExisting: false }, null);
    const inserted = writer.insert(upsertedDocument(filter, update, server.clock.now()));
    return answer(
      { n: 1, updatedExisting: false, upserted: getField(inserted, '_id') },
      wantsNew ? shown(inserted) : null,
    );
  };
  const { collection } = writer;
  if (sort && collection) return (await changeFirst({ collection, filter, sort, operation, change })) ?? otherwise();
  const replies: Reply[] = [];
  await scan({
    collection,
    filter,
    operation,
    visit: (found) => {
      replies.push(change(found));
      return false;
    },
    finish: () => {
      if (replies.length === 0) replies.push(otherwise());
    },
  });
  return replies[0] ?? otherwise();
};

/**
 * Changes the first of the sorted documents that still matches. Reading and sorting let others run, so each document is looked at
 * again, and changed in the same step; when all of them have changed or gone, the search begins anew.
 */
async function changeFirst(options: {
  collection: Collection;
  filter: Doc;
  sort: Sorter;
  operation: Operation;
  change(found: Doc): Reply;
}): Promise<Reply | undefined> {
  const { collection, filter, sort, operation, change } = options;
  const matches = compileFilter(filter);
  for (;;) {
    const sorted = sort(await findMatching({ collection, filter, operation }));
    operation.check();
    if (sorted.length === 0) return undefined;
    for (const { _id } of sorted) {
      const current = collection.get(keyOf(_id));
      if (current && matches(current)) return change(current);
    }
  }
}

const answer = (lastErrorObject: Doc, value: Doc | null): Reply => ({ fields: { lastErrorObject, value } });
