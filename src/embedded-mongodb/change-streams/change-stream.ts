import { Timestamp } from 'bson';
import { compilePipeline } from '../aggregation/pipeline.js';
import { type BatchSource, MAX_BATCH_BYTES } from '../protocol/cursors.js';
import type { Store } from '../storage/document-store.js';
import { encode } from '../values/bson-codec.js';
import { type Doc, isDoc } from '../values/bson-values.js';
import { equalBson, keyOf } from '../values/compare.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { type Change, type ChangeLog, type Position, timestampOf } from './change-log.js';

/** What a change stream watches: the whole cluster, one database, or one collection. */
export interface Scope {
  readonly database?: string;
  readonly collection?: string;
}

const stages = new Set(['$match', '$project', '$addFields', '$set', '$unset', '$replaceRoot', '$replaceWith']);
const optionNames = [
  'fullDocument',
  'resumeAfter',
  'startAfter',
  'startAtOperationTime',
  'allChangesForCluster',
  'fullDocumentBeforeChange',
  'showExpandedEvents',
];

/** Opens a change stream: `options` is `$changeStream`'s document, `pipeline` the stages after it. */
export function openChangeStream(store: Store, scope: Scope, options: Doc, pipeline: readonly Doc[]): BatchSource {
  for (const stage of pipeline) {
    const [name = ''] = Object.keys(stage);
    if (!stages.has(name)) throw new CommandError(20, `${name} is not permitted in a $changeStream pipeline`);
  }
  checkOptions(options);
  const log = store.changes;
  const lookup = options.fullDocument === 'updateLookup';
  const transform = compilePipeline(pipeline);
  const start = startOf(options, log);
  let { position } = start;
  // Refuses at once when the history there is gone.
  log.after(position);
  let closed = false;
  /** Events that are still to be sent, all of the change at `position`. */
  const pending: Doc[] = [];
  const resumed = start.afterEvent ? log.at(position) : undefined;
  if (resumed && isInScope(resumed, scope) && invalidates(resumed, scope)) pending.push(...invalidate(resumed));

  function invalidate(change: Change): Doc[] {
    closed = true;
    return transformed({
      _id: tokenOf(change.position, 'invalidate'),
      operationType: 'invalidate',
      clusterTime: timestampOf(change.position),
      wallTime: change.wallTime,
    });
  }

  function transformed(event: Doc): Doc[] {
    const seen = [...transform([event])];
    for (const { _id } of seen) if (!equalBson(_id, event._id)) throw lostToken();
    return seen;
  }

  function eventsOf(change: Change): Doc[] {
    if (!isInScope(change, scope)) return [];
    const events = transformed(eventOf(change, lookup ? store : undefined));
    return invalidates(change, scope) ? [...events, ...invalidate(change)] : events;
  }

  function read(limit: number): { documents: Uint8Array[]; token: Doc } {
    const documents: Uint8Array[] = [];
    const changes = log.after(position)[Symbol.iterator]();
    let bytes = 0;
    let token: Doc | undefined;
    for (;;) {
      const full = documents.length >= limit || bytes > MAX_BATCH_BYTES / 2;
      if (full && (token || pending.length > 0)) return { documents, token: token ?? tokenOf(position, 'event') };
      const event = pending.shift();
      if (event) {
        const encoded = encode(event);
        documents.push(encoded);
        bytes += encoded.byteLength + 12;
        token = isDoc(event._id) ? event._id : token;
        continue;
      }
      if (closed && token) return { documents, token };
      const { value: change, done } = changes.next();
      if (full || closed || done) return { documents, token: tokenOf(position, 'mark') };
      position = change.position;
      pending.push(...eventsOf(change));
    }
  }

  return {
    next: async (operation, limit, waitMs) => {
      let left = waitMs ?? 0;
      for (;;) {
        const { documents, token } = read(limit);
        const done = closed && pending.length === 0;
        if (documents.length > 0 || done || left <= 0) return { documents, resumeToken: token, done };
        const start = operation.now();
        await operation.wait(left, (wake) => log.subscribe(wake));
        left -= Math.max(1, operation.now() - start);
      }
    },
  };
}

function checkOptions(options: Doc): void {
  const unknown = Object.keys(options).find((name) => !optionNames.includes(name));
  if (unknown !== undefined)
    throw new CommandError(40415, `BSON field '$changeStream.${unknown}' is an unknown field.`);
  const { fullDocument = 'default', fullDocumentBeforeChange = 'off' } = options;
  if (fullDocument === 'whenAvailable' || fullDocument === 'required')
    throw notImplemented(`fullDocument: '${fullDocument}'`);
  if (fullDocument !== 'default' && fullDocument !== 'updateLookup') {
    throw badValue(
      `Enumeration value '${String(fullDocument)}' for field '$changeStream.fullDocument' is not a valid value.`,
    );
  }
  if (fullDocumentBeforeChange !== 'off') throw notImplemented('fullDocumentBeforeChange');
  if (options.showExpandedEvents === true) throw notImplemented('showExpandedEvents');
  const starts = ['resumeAfter', 'startAfter', 'startAtOperationTime'].filter((name) => options[name] !== undefined);
  if (starts.length > 1)
    throw new CommandError(40674, `Only one type of resume option is allowed, but multiple were found.`);
}

/** Where a stream begins; `afterEvent` when its token is that of an event, whose change may have an `invalidate` to come. */
function startOf(options: Doc, log: ChangeLog): { position: Position; afterEvent: boolean } {
  const { resumeAfter, startAfter, startAtOperationTime } = options;
  if (startAtOperationTime instanceof Timestamp) {
    return { position: { seconds: startAtOperationTime.t, increment: startAtOperationTime.i - 1 }, afterEvent: false };
  }
  if (startAtOperationTime !== undefined)
    throw new CommandError(
      14,
      "BSON field '$changeStream.startAtOperationTime' is the wrong type, expected type 'timestamp'",
    );
  const token = resumeAfter ?? startAfter;
  if (token === undefined) return { position: log.newest(), afterEvent: false };
  if (!isDoc(token) || typeof token._data !== 'string')
    throw new CommandError(40647, 'Bad resume token: _data of missing or of wrong type');
  const match = /^82([0-9A-F]{8})([0-9A-F]{8})(0[0-2])$/i.exec(token._data);
  if (!match) throw new CommandError(260, 'Resume token is not one of this server');
  if (resumeAfter !== undefined && match[3] === kinds.invalidate) {
    throw new CommandError(
      260,
      "Attempting to resume a change stream using 'resumeAfter' is not allowed from an invalidate notification.",
    );
  }
  const position = { seconds: Number.parseInt(match[1] ?? '', 16), increment: Number.parseInt(match[2] ?? '', 16) };
  return { position, afterEvent: match[3] === kinds.event };
}

const kinds = { mark: '00', event: '01', invalidate: '02' } as const;

function tokenOf(position: Position, kind: keyof typeof kinds): Doc {
  const hex = (number: number): string => number.toString(16).padStart(8, '0').toUpperCase();
  return { _data: `82${hex(position.seconds)}${hex(position.increment)}${kinds[kind]}` };
}

function isInScope(change: Change, scope: Scope): boolean {
  if (scope.database === undefined) return !['admin', 'config', 'local'].includes(change.database);
  if (change.database !== scope.database) return false;
  return scope.collection === undefined || [change.collection, change.to].includes(scope.collection);
}

function invalidates(change: Change, scope: Scope): boolean {
  if (scope.collection !== undefined) return change.operationType === 'drop' || change.operationType === 'rename';
  return scope.database !== undefined && change.operationType === 'dropDatabase';
}

function eventOf(change: Change, store: Store | undefined): Doc {
  const { operationType, position, wallTime, database, collection, id, document, updateDescription } = change;
  const event: Doc = { _id: tokenOf(position, 'event'), operationType, clusterTime: timestampOf(position), wallTime };
  if (document) event.fullDocument = document;
  if (updateDescription && store) event.fullDocument = store.find(database, collection ?? '')?.get(keyOf(id)) ?? null;
  event.ns = collection === undefined ? { db: database } : { db: database, coll: collection };
  if (change.to !== undefined) event.to = { db: database, coll: change.to };
  if (id !== undefined) event.documentKey = { _id: id };
  if (updateDescription) event.updateDescription = updateDescription;
  return event;
}

function lostToken(): CommandError {
  return new CommandError(
    280,
    'Encountered an event whose _id field, which contains the resume token, was modified by the pipeline. Modifying the _id field of an event makes it impossible to resume the stream from that point. Only transformations that retain the unmodified _id field are allowed.',
    { labels: ['NonResumableChangeStreamError'] },
  );
}
