import type { Db, ResumeToken } from 'mongodb';
import { MongoServerError } from 'mongodb';
import type { StoredDocument } from './collection-source.js';
import type { CollectionName } from './models/registry.js';

/** What happened to one document, or to a whole collection. */
export interface Change {
  type: 'insert' | 'update' | 'replace' | 'delete' | 'other';
  /** Undefined when it is the whole database. */
  collection: CollectionName | undefined;
  id: string | undefined;
  /** Of an update: the fields that it set, removed or shortened, by the first part of their paths. */
  fields: readonly string[];
  /** Of an insert or a replacement. */
  document: StoredDocument | undefined;
}

/** Changes from a moment on; ends with an error when the line breaks. */
export interface ChangeFeed {
  /** Where to go on after the last change that `next` gave; undefined before there is any such place. */
  readonly resumeToken: ResumeToken;
  /** The next change, or undefined when there was none for a while. */
  next(): Promise<Change | undefined>;
  close(): Promise<void>;
}

/** How a feed failed: for good (no replica set), because its place in the history is lost, or for the moment. */
export type FeedFailure = 'unsupported' | 'lost' | 'broken';

/** How long the server holds a question for news, and a feed may take to close. */
const WAIT_MS = 250;

/**
 * Opens a change stream on some collections of a database, after `resumeToken` if there is one; resolves when it stands.
 * Rejects with the driver's errors, which `feedFailure` reads.
 */
export async function openChangeFeed(options: {
  database: Db;
  collections: readonly CollectionName[];
  resumeToken: ResumeToken | undefined;
}): Promise<ChangeFeed> {
  const { database, collections, resumeToken } = options;
  const wholeDatabase = ['dropDatabase', 'invalidate'];
  const stream = database.watch(
    [{ $match: { $or: [{ 'ns.coll': { $in: [...collections] } }, { operationType: { $in: wholeDatabase } }] } }],
    { maxAwaitTimeMS: WAIT_MS, ...(resumeToken === undefined ? {} : { resumeAfter: resumeToken }) },
  );
  const next = async (): Promise<Change | undefined> => {
    const event: unknown = await stream.tryNext();
    return event === null ? undefined : toChange(event as RawChange, collections);
  };
  // The stream stands once the server has told its place in the history: before the first question for news is answered.
  const standing = new Promise((resolve) => stream.once('resumeTokenChanged', resolve));
  let ahead: Promise<Change | undefined> | undefined = next();
  try {
    await Promise.race([ahead, standing]);
  } catch (error) {
    await stream.close();
    throw error;
  }
  // Who asks for the next change hears of it; a feed that is closed before has nobody to tell.
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

interface RawChange {
  operationType: string;
  ns?: { coll?: string };
  documentKey?: { _id?: unknown };
  updateDescription?: {
    updatedFields?: object;
    removedFields?: readonly string[];
    truncatedArrays?: readonly { field: string }[];
  };
  fullDocument?: StoredDocument;
}

function toChange(event: RawChange, collections: readonly CollectionName[]): Change {
  const { operationType, ns, documentKey, updateDescription, fullDocument } = event;
  const { updatedFields = {}, removedFields = [], truncatedArrays = [] } = updateDescription ?? {};
  const paths = [...Object.keys(updatedFields), ...removedFields, ...truncatedArrays.map(({ field }) => field)];
  const types = ['insert', 'update', 'replace', 'delete'] as const;
  return {
    type: types.find((type) => type === operationType) ?? 'other',
    collection: collections.find((name) => name === ns?.coll),
    id: documentKey?._id === undefined ? undefined : String(documentKey._id),
    fields: [...new Set(paths.map((path) => path.split('.')[0] ?? path))],
    document: fullDocument,
  };
}

/** MongoDB's codes: $changeStream without a replica set; and a place in the oplog that is no more. */
const UNSUPPORTED = [40_573, 40_324, 59];
const LOST = [280, 286, 260, 136, 234];

export function feedFailure(error: unknown): FeedFailure {
  if (!(error instanceof MongoServerError)) return 'broken';
  if (UNSUPPORTED.includes(Number(error.code))) return 'unsupported';
  return LOST.includes(Number(error.code)) || error.hasErrorLabel('NonResumableChangeStreamError') ? 'lost' : 'broken';
}
