import { randomUUID } from 'node:crypto';
import type { Request } from '../protocol/request.js';
import { openWriter } from '../update/writes.js';
import { type Doc, isDoc } from '../values/bson-values.js';
import { CommandError, notImplemented } from '../values/mongo-errors.js';

/** The collection that a pipeline's `$out` writes to. */
export interface OutTarget {
  readonly database: string;
  readonly collection: string;
}

/** Takes `$out` off a pipeline's end. Refuses (40601) one that stands elsewhere. */
export function splitOut(pipeline: readonly Doc[], database: string): { stages: readonly Doc[]; out?: OutTarget } {
  if (pipeline.slice(0, -1).some((stage) => '$out' in stage))
    throw new CommandError(40601, '$out can only be the final stage in the pipeline');
  const last = pipeline.at(-1);
  if (!last || !('$out' in last)) return { stages: pipeline };
  return { stages: pipeline.slice(0, -1), out: targetOf(last.$out, database) };
}

function targetOf(operand: unknown, database: string): OutTarget {
  if (typeof operand === 'string') return { database, collection: operand };
  if (!isDoc(operand))
    throw new CommandError(16990, '$out only supports a string or object argument, but found another type');
  const { db, coll, timeseries, ...others } = operand;
  if (timeseries !== undefined) throw notImplemented('$out to a time series collection');
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new CommandError(40415, `BSON field '$out.${unknown}' is an unknown field.`);
  if (typeof db !== 'string' || typeof coll !== 'string')
    throw new CommandError(16994, 'If an object is passed to $out it must have the fields db and coll, both strings');
  return { database: db, collection: coll };
}

/**
 * Replaces a collection by documents, keeping its indexes: they are inserted into a temporary collection, which then takes the
 * other one's name in one step. Change streams tell of the inserts and of the `rename`, as they do with MongoDB.
 */
export async function writeOut(
  { server, operation }: Request,
  target: OutTarget,
  documents: Iterable<Doc>,
): Promise<void> {
  const { store, clock } = server;
  const { database, collection } = target;
  if (['admin', 'config', 'local'].includes(database))
    throw new CommandError(31321, `Can't $out to internal database: ${database}`);
  const name = `tmp.agg_out.${randomUUID()}`;
  const temporary = store.open(database, name);
  const writer = openWriter({ store, database, name, clock });
  try {
    const indexes = store.find(database, collection)?.indexes() ?? [];
    temporary.addIndexes(indexes.filter((index) => index.name !== '_id_'));
    for (const document of documents) {
      writer.insert(document);
      await operation.yieldToEventLoop();
    }
    store.rename(database, name, collection);
  } catch (error) {
    store.drop(database, name);
    throw error;
  }
}
