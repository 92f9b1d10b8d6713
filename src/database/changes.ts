import type { Db, ResumeToken, Timestamp } from 'mongodb';
import { MongoServerError } from 'mongodb';
import type { Clock } from '../core/clock.js';
import type { StoredDocument } from './collection-source.js';
import type { CollectionName } from './models/collections.js';

/** What happened to one document, or to a whole collection (`other`: it was dropped, renamed or replaced as a whole). */
export interface Change {
  type: 'insert' | 'update' | 'replace' | 'delete' | 'other';
  /** Undefined when several collections are concerned, or the whole database. */
  collection: CollectionName | undefined;
  id: string | undefined;
  /** Of an update: the fields that it set, removed or shortened, by the first part of their paths. */
  fields: readonly string[];
  /** Of an insert or a replacement. */
  document: StoredDocument | undefined;
  /** When it was made, milliseconds since the epoch by the server's clock; to the second before MongoDB 6. */
  madeAt: number | undefined;
}

/** Changes from a moment on; ends with an error when the line breaks or the server ends the stream. */
export interface ChangeFeed {
  /** Where to go on after the last change that `next` gave; undefined before there is any such place. */
  readonly resumeToken: ResumeToken;
  /** The next change, or undefined when there was none for a while. Rejects when the server is silent for `SILENCE_MS`. */
  next(): Promise<Change | undefined>;
  close(): Promise<void>;
}

/**
 * How a feed failed: `unsupported` for good (no replica set), `lost` when its place in the history is no more, `broken`
 * for everything that may pass (a cut line, a missing right, a server that refuses).
 */
export type FeedFailure = 'unsupported' | 'lost' | 'broken';

/** A failure of the feed that the driver does not report as an error. */
class FeedError extends Error {
  constructor(
    readonly failure: FeedFailure,
    message: string,
  ) {
    super(message);
    this.name = 'FeedError';
  }
}

/** How long the server holds a question for news, and a feed may take to close. */
const WAIT_MS = 250;
/**
 * A server that has not answered by then is silent: its connection is dead, although no packet says so. The driver alone
 * would wait for `socketTimeoutMS`.
 */
const SILENCE_MS = 10_000;

/**
 * Opens a change stream on some collections of a database, after `resumeToken` if there is one; resolves when it stands.
 * Rejects with the driver's errors or its own, which `feedFailure` reads.
 */
export async function openChangeFeed(options: {
  database: Db;
  collections: readonly CollectionName[];
  resumeToken: ResumeToken | undefined;
  clock: Clock;
}): Promise<ChangeFeed> {
  const { database, collections, resumeToken, clock } = options;
  const names = [...collections];
  const stream = database.watch(
    [
      {
        $match: {
          $or: [
            { 'ns.coll': { $in: names } },
            // Of `renameCollection`, and of `$out`, which renames a collection of its own over the one it replaces.
            { 'to.coll': { $in: names } },
            { operationType: { $in: ['dropDatabase', 'invalidate'] } },
          ],
        },
      },
    ],
    { maxAwaitTimeMS: WAIT_MS, ...(resumeToken === undefined ? {} : { resumeAfter: resumeToken }) },
  );
  const next = async (): Promise<Change | undefined> => {
    const event: unknown = await answered(stream.tryNext(), clock);
    if (event !== null) return toChange(event as RawChange, collections);
    // Of a cursor that the server has closed (id 0) the driver says null at once, for ever.
    if (stream.closed) throw new FeedError('broken', 'the server has ended the change stream');
    return undefined;
  };
  // The stream stands once the server has told its place in the history: before the first question for news is answered.
  const standing = new Promise((resolve) => stream.once('resumeTokenChanged', resolve));
  let ahead: Promise<Change | undefined> | undefined = next();
  try {
    await Promise.race([ahead, standing]);
    // The driver tells the place before it looks whether the cursor lives.
    await nextTurn();
    if (stream.closed) await ahead;
  } catch (error) {
    void stream.close().catch(() => undefined);
    throw error;
  }
  // The caller of `next` gets the rejection; a feed that is closed before that has none.
  ahead.catch(() => undefined);
  return {
    get resumeToken() {
      return stream.resumeToken;
    },
    next: () => {
      const change = ahead ?? next();
      ahead = undefined;
      return change;
    },
    close: () => stream.close(),
  };
}

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An answer of the server; rejects when it does not come within `SILENCE_MS`. */
function answered<Answer>(answer: Promise<Answer>, clock: Clock): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(SILENCE_MS, () => {
      reject(new FeedError('broken', `the server has not answered for ${SILENCE_MS / 1000} s`));
    });
    answer.then(resolve, reject).finally(cancel);
  });
}

interface RawChange {
  operationType: string;
  /** MongoDB 6 and later. */
  wallTime?: Date;
  clusterTime?: Timestamp;
  ns?: { coll?: string };
  /** Of a rename: the new name. */
  to?: { coll?: string };
  documentKey?: { _id?: unknown };
  updateDescription?: {
    updatedFields?: object;
    removedFields?: readonly string[];
    truncatedArrays?: readonly { field: string }[];
  };
  fullDocument?: StoredDocument;
}

function toChange(event: RawChange, collections: readonly CollectionName[]): Change {
  const { operationType, wallTime, clusterTime, ns, to, documentKey, updateDescription, fullDocument } = event;
  // The last event of a stream on a database that was dropped; its place cannot be resumed from.
  if (operationType === 'invalidate') throw new FeedError('lost', 'the database was dropped');
  const { updatedFields = {}, removedFields = [], truncatedArrays = [] } = updateDescription ?? {};
  const paths = [...Object.keys(updatedFields), ...removedFields, ...truncatedArrays.map(({ field }) => field)];
  const types = ['insert', 'update', 'replace', 'delete'] as const;
  const concerned = collections.filter((name) => name === ns?.coll || name === to?.coll);
  return {
    type: types.find((type) => type === operationType) ?? 'other',
    collection: concerned.length === 1 ? concerned[0] : undefined,
    id: documentKey?._id === undefined ? undefined : String(documentKey._id),
    fields: [...new Set(paths.map((path) => path.split('.')[0] ?? path))],
    document: fullDocument,
    madeAt: wallTime?.getTime() ?? (clusterTime && clusterTime.getHighBitsUnsigned() * 1000),
  };
}

/** MongoDB's codes: $changeStream without a replica set; and a place in the oplog that is no more. */
const UNSUPPORTED = [40_573, 40_324, 59];
const LOST = [280, 286, 260, 136, 234];

/** What an error of `openChangeFeed` or of a feed's `next` means. */
export function feedFailure(error: unknown): FeedFailure {
  if (error instanceof FeedError) return error.failure;
  if (!(error instanceof MongoServerError)) return 'broken';
  if (UNSUPPORTED.includes(Number(error.code))) return 'unsupported';
  return LOST.includes(Number(error.code)) || error.hasErrorLabel('NonResumableChangeStreamError') ? 'lost' : 'broken';
}
