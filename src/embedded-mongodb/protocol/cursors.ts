import { Long } from 'bson';
import type { Clock } from '../server-clock.js';
import { encode } from '../values/bson-codec.js';
import type { Doc } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import type { Operation } from './client-operation.js';

/** A batch of documents, already in bytes, as it goes into a reply's `cursor`. */
export interface Batch {
  readonly documents: readonly Uint8Array[];
  /** Change streams: where a client that has seen this batch resumes. */
  readonly resumeToken?: Doc;
  /** Nothing comes after it. */
  readonly done: boolean;
}

/** Where a cursor's batches come from. */
export interface BatchSource {
  /** At most `limit` documents. Change streams wait up to `waitMs` for the first one. */
  next(operation: Operation, limit: number, waitMs: number | undefined): Promise<Batch>;
}

/** An open cursor. */
export interface Cursor {
  readonly id: Long;
  readonly namespace: string;
  /** The connection that used it last: it soon ends after that one closes. */
  readonly connection: number;
  /** The session it was opened in, as a key. */
  readonly session: string | undefined;
  readonly source: BatchSource;
  /** Commands that a change stream's errors are labelled for. */
  readonly changeStream: boolean;
}

/** The open cursors of a server. */
export interface Cursors {
  open(cursor: Omit<Cursor, 'id'>): Cursor;
  /** Takes a cursor out for one getMore; it is put back afterwards unless it is done. Throws CursorNotFound (43). */
  take(id: Long, namespace: string, connection: number): Cursor;
  putBack(cursor: Cursor): void;
  /** Does such a cursor exist? It doesn't afterwards. */
  kill(id: Long): boolean;
  killSession(session: string): void;
  /** The connection has closed: its cursors end, unless another connection of the same client takes one up soon. */
  orphan(connection: number): void;
  get(id: Long): Cursor | undefined;
  readonly size: number;
}

const IDLE_MS = 10 * 60 * 1000;
const ORPHANED_MS = 5_000;
/** A reply's documents stay below MongoDB's bound for one document, so that the message stays below the bound for messages. */
export const MAX_BATCH_BYTES = 16 * 1024 * 1024 - 16 * 1024;

/** Makes the cursors of one server. Idle ones end after ten minutes. */
export function createCursors(clock: Clock): Cursors {
  const cursors = new Map<string, { cursor: Cursor; connection: number; busy: boolean; stopTimer: () => void }>();
  let last = Math.floor(Math.random() * 2 ** 40);

  function end(key: string): boolean {
    cursors.get(key)?.stopTimer();
    return cursors.delete(key);
  }

  const expiry = (key: string): (() => void) => clock.after(IDLE_MS, () => end(key));

  return {
    open: (given) => {
      last += 1 + Math.floor(Math.random() * 1000);
      const cursor = { ...given, id: Long.fromNumber(last) };
      const key = cursor.id.toString();
      cursors.set(key, { cursor, connection: cursor.connection, busy: false, stopTimer: expiry(key) });
      return cursor;
    },
    take: (id, namespace, connection) => {
      const entry = cursors.get(id.toString());
      if (!entry) throw new CommandError(43, `cursor id ${id} not found`);
      if (entry.cursor.namespace !== namespace) {
        throw new CommandError(
          13,
          `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${entry.cursor.namespace}`,
        );
      }
      if (entry.busy) throw new CommandError(12051, `cursor id ${id} is already in use`);
      entry.busy = true;
      entry.connection = connection;
      entry.stopTimer();
      return entry.cursor;
    },
    putBack: (cursor) => {
      const key = cursor.id.toString();
      const entry = cursors.get(key);
      if (!entry) return;
      entry.busy = false;
      entry.stopTimer = expiry(key);
    },
    kill: (id) => end(id.toString()),
    killSession: (session) => {
      for (const [key, { cursor }] of cursors) if (cursor.session === session) end(key);
    },
    orphan: (connection) => {
      for (const [key, entry] of cursors) {
        if (entry.connection !== connection) continue;
        entry.stopTimer();
        if (entry.busy) end(key);
        else entry.stopTimer = clock.after(ORPHANED_MS, () => end(key));
      }
    },
    get: (id) => cursors.get(id.toString())?.cursor,
    get size() {
      return cursors.size;
    },
  };
}

/** Batches of documents that are there already; they become bytes as they are asked for. */
export function batchesOf(documents: Iterable<Doc>): BatchSource {
  const rest = documents[Symbol.iterator]();
  let ahead: Uint8Array | undefined;
  let exhausted = false;

  function read(): Uint8Array | undefined {
    if (ahead) {
      const bytes = ahead;
      ahead = undefined;
      return bytes;
    }
    if (exhausted) return undefined;
    const { value, done } = rest.next();
    exhausted = done === true;
    return done ? undefined : encode(value);
  }

  return {
    next: async (operation, limit) => {
      const batch: Uint8Array[] = [];
      let bytes = 0;
      while (batch.length < limit) {
        const document = read();
        if (!document) break;
        if (batch.length > 0 && bytes + document.byteLength > MAX_BATCH_BYTES) {
          ahead = document;
          break;
        }
        batch.push(document);
        bytes += document.byteLength + 12;
        if (batch.length % 64 === 0) await operation.yieldToEventLoop();
      }
      // Looks one ahead, so that a cursor whose last document was sent is closed with it.
      ahead ??= read();
      return { documents: batch, done: ahead === undefined };
    },
  };
}
