import { Binary, Long } from 'bson';
import { timestampOf } from '../change-streams/change-log.js';
import { adminCommands, createHello } from '../commands/admin-commands.js';
import { create, drop, dropDatabase, listCollections, renameCollection } from '../commands/collection-commands.js';
import { getMore, killCursors } from '../commands/cursor-commands.js';
import { explain } from '../commands/explain.js';
import { findAndModify } from '../commands/find-and-modify.js';
import { createIndexes, dropIndexes, listIndexes } from '../commands/index-commands.js';
import { aggregate, count, distinct, find } from '../commands/read-commands.js';
import { insert, remove, update } from '../commands/write-commands.js';
import { encode } from '../values/bson-codec.js';
import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { badValue, CloseConnection, CommandError } from '../values/mongo-errors.js';
import { type Operation, startOperation } from './client-operation.js';
import { labelsFor } from './fail-point.js';
import type { Handler, Reply, Server } from './request.js';
import { createRetries } from './retries.js';
import { encodeWithBatch, type Message } from './wire.js';

/** The client that a command came from. */
export interface Client {
  readonly connection: number;
  appName: string | undefined;
  /** Its commands that are running, for when it leaves. */
  readonly operations: Set<Operation>;
}

/** Answers commands with a reply document in bytes. Throws CloseConnection where the connection is to be closed instead. */
export interface Dispatcher {
  handle(message: Message, client: Client): Promise<Uint8Array>;
  runningOperations(): number;
}

const retryableCommands = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify']);

/** These tell of the server, or wait for news: they are not counted as running operations. */
const uncounted = new Set([
  'hello',
  'isMaster',
  'ismaster',
  'ping',
  'serverStatus',
  'configureFailPoint',
  'buildInfo',
  'endSessions',
]);

/** Makes the dispatcher of one server: finds the command, lets the fail point act, runs it once, and tells errors MongoDB's way. */
export function createDispatcher(server: Omit<Server, 'runningOperations'>): Dispatcher {
  const running = new Set<Operation>();
  const retries = createRetries();
  const hello = createHello();
  const context: Server = { ...server, connections: server.connections, runningOperations: () => running.size };
  const handlers = new Map<string, Handler>(
    Object.entries({
      ...adminCommands,
      ...{ hello, isMaster: hello, ismaster: hello, buildinfo: adminCommands.buildInfo ?? hello },
      ...{ find, aggregate, count, distinct, explain, getMore, killCursors },
      ...{ insert, update, delete: remove, findAndModify, findandmodify: findAndModify },
      ...{ listCollections, create, drop, dropDatabase, renameCollection },
      ...{ createIndexes, listIndexes, dropIndexes },
    }),
  );

  async function run(message: Message, client: Client, operation: Operation, target: Target): Promise<Reply> {
    const { command, database } = message;
    const { name, session } = target;
    const added = await server.failPoint.enter({ ...target, appName: client.appName, operation });
    const handler = handlers.get(name);
    if (!handler) throw new CommandError(59, `no such command: '${name}'`);
    checkTransaction(command);
    const { connection } = client;
    const request = { server: context, name, database, command, operation, connection, session };
    const reply =
      target.retryableWrite && session !== undefined
        ? await retries.once(session, BigInt(String(command.txnNumber)), async () => handler(request))
        : await handler(request);
    return { ...reply, fields: { ...reply.fields, ...added } };
  }

  /** What the command is about, as far as it can be told before it is checked. */
  function targetOf({ command, database }: Message): Target {
    const [name = ''] = Object.keys(command);
    const collection = name === 'getMore' ? command.collection : command[name];
    const session = isDoc(command.lsid) ? keyOf(command.lsid.id) : undefined;
    return {
      name,
      namespace: typeof collection === 'string' ? `${database}.${collection}` : undefined,
      session,
      retryableWrite: retryableCommands.has(name) && session !== undefined && command.txnNumber !== undefined,
      changeStream: isChangeStream(command, context),
    };
  }

  return {
    runningOperations: () => running.size,
    handle: async (message, client) => {
      const target = targetOf(message);
      const awaits = target.name === 'getMore' && target.changeStream;
      let operation: Operation | undefined;
      try {
        operation = startOperation({ clock: server.clock, maxTimeMs: awaits ? undefined : maxTimeOf(message.command) });
        // A retryable write goes on when its client is cut off: the retry is to find it done.
        if (!target.retryableWrite) client.operations.add(operation);
        if (!awaits && !uncounted.has(target.name)) running.add(operation);
        noteClient(message.command, client);
        const reply = await run(message, client, operation, target);
        return encodeReply(reply, { ok: 1, ...timesOf(context) });
      } catch (error) {
        if (error instanceof CloseConnection) throw error;
        const refusal =
          error instanceof CommandError ? error : new CommandError(1, `embedded database: ${String(error)}`);
        const labels = refusal.labels ?? labelsFor(refusal.code, target);
        const { errorLabels: _replaced, ...fields } = refusal.toReply();
        return encode({ ...fields, ...(labels.length > 0 ? { errorLabels: [...labels] } : {}), ...timesOf(context) });
      } finally {
        if (operation) {
          client.operations.delete(operation);
          running.delete(operation);
        }
      }
    },
  };
}

interface Target {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly session: string | undefined;
  readonly retryableWrite: boolean;
  readonly changeStream: boolean;
}

function encodeReply({ fields, cursor }: Reply, rest: Doc): Uint8Array {
  if (!cursor) return encode({ ...fields, ...rest });
  return encodeWithBatch({ ...fields, ...rest }, cursor.fields, cursor.name, cursor.batch.documents);
}

function isChangeStream(command: Doc, { cursors }: Server): boolean {
  const id = command.getMore;
  if (id !== undefined) return id instanceof Long && cursors.get(id)?.changeStream === true;
  const [first] = Array.isArray(command.pipeline) ? command.pipeline : [];
  return isDoc(first) && '$changeStream' in first;
}

function maxTimeOf(command: Doc): number | undefined {
  if (command.maxTimeMS === undefined) return undefined;
  const maxTimeMs = toNumber(command.maxTimeMS);
  if (maxTimeMs === undefined) throw badValue('maxTimeMS must be a number');
  if (!Number.isInteger(maxTimeMs)) throw badValue('maxTimeMS has non-integral value');
  if (maxTimeMs < 0 || maxTimeMs > 0x7fffffff)
    throw badValue(`${maxTimeMs} value for maxTimeMS is out of range [0, 2147483647]`);
  return maxTimeMs;
}

function checkTransaction(command: Doc): void {
  if (command.startTransaction !== undefined || command.autocommit !== undefined) {
    // Not IllegalOperation (20), which a standalone server answers: at that the driver blames retryWrites.
    throw new CommandError(263, 'Transactions are not supported by the embedded database');
  }
}

/** The client tells its name in its first hello. */
function noteClient(command: Doc, client: Client): void {
  const application = isDoc(command.client) ? command.client.application : undefined;
  if (isDoc(application) && typeof application.name === 'string') client.appName = application.name;
}

function timesOf({ store }: Server): Doc {
  const time = timestampOf(store.changes.newest());
  const signature = { hash: new Binary(Buffer.alloc(20)), keyId: Long.ZERO };
  return { $clusterTime: { clusterTime: time, signature }, operationTime: time };
}
