import { Long } from 'bson';
import type { Handler } from '../protocol/request.js';
import { CommandError, typeMismatch } from '../values/mongo-errors.js';
import { checkFields, integerField, longField } from './command-arguments.js';

/** How long a change stream's getMore waits for news when the client does not say. */
const AWAIT_MS = 1000;

/** `getMore`: a cursor's next batch. */
export const getMore: Handler = async ({ command, database, server, operation, connection }) => {
  checkFields(command, ['collection', 'batchSize', 'term', 'lastKnownCommittedOpTime']);
  const { collection } = command;
  if (typeof collection !== 'string')
    throw typeMismatch("BSON field 'getMore.collection' is the wrong type, expected type 'string'");
  const id = longField(command.getMore, 'getMore.getMore');
  const batchSize = integerField(command, 'batchSize', 0) ?? 0;
  const namespace = `${database}.${collection}`;
  const cursor = server.cursors.take(id, namespace, connection);
  const waitMs = cursor.changeStream ? (integerField(command, 'maxTimeMS', 0) ?? AWAIT_MS) : undefined;
  try {
    server.failPoint.enterGetMore();
    const batch = await cursor.source.next(operation, batchSize === 0 ? Number.POSITIVE_INFINITY : batchSize, waitMs);
    if (server.cursors.get(id) === undefined)
      throw new CommandError(237, `operation was terminated because cursor ${id} was killed`);
    if (batch.done) server.cursors.kill(id);
    else server.cursors.putBack(cursor);
    const token = batch.resumeToken ? { postBatchResumeToken: batch.resumeToken } : {};
    return {
      fields: {},
      cursor: { fields: { id: batch.done ? Long.ZERO : id, ns: namespace, ...token }, name: 'nextBatch', batch },
    };
  } catch (error) {
    server.cursors.kill(id);
    throw error;
  }
};

/** `killCursors`: which of them there were. */
export const killCursors: Handler = ({ command, server }) => {
  checkFields(command, ['cursors']);
  const { cursors } = command;
  if (!Array.isArray(cursors))
    throw new CommandError(40414, "BSON field 'killCursors.cursors' is missing but a required field");
  const killed: Long[] = [];
  const missing: Long[] = [];
  for (const value of cursors) {
    const id = longField(value, 'killCursors.cursors');
    (server.cursors.kill(id) ? killed : missing).push(id);
  }
  return { fields: { cursorsKilled: killed, cursorsNotFound: missing, cursorsAlive: [], cursorsUnknown: [] } };
};
