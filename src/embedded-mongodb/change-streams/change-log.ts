import { Timestamp } from 'bson';
import type { Clock } from '../server-clock.js';
import type { Doc } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';

/** One change as it is remembered. `document` is what an insert or a replacement wrote. */
export interface Change {
  readonly position: Position;
  readonly operationType: 'insert' | 'update' | 'replace' | 'delete' | 'drop' | 'dropDatabase' | 'rename';
  readonly database: string;
  /** Undefined for `dropDatabase`. */
  readonly collection: string | undefined;
  /** `rename`: the name that the collection has now. */
  readonly to?: string;
  readonly wallTime: Date;
  readonly id?: unknown;
  readonly document?: Doc;
  readonly updateDescription?: Doc;
}

/** A place in the history: the cluster time of a change, unique and ascending. */
export interface Position {
  /** Seconds since the epoch. */
  readonly seconds: number;
  readonly increment: number;
}

/** The bounded history of changes that change streams read. */
export interface ChangeLog {
  /** `documentBytes` is what the change's document weighs. */
  append(change: Omit<Change, 'position' | 'wallTime'>, documentBytes?: number): void;
  /** The changes after a position. Throws ChangeStreamHistoryLost (286) when some of them are no longer there. */
  after(position: Position): readonly Change[];
  /** The change at a position, where it is still there. */
  at(position: Position): Change | undefined;
  /** The position of the newest change (or of the start). */
  newest(): Position;
  /** Calls back after each change; the answer ends that. */
  subscribe(listener: () => void): () => void;
}

const MAX_CHANGES = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** What a change weighs without its document, about. */
const CHANGE_BYTES = 200;

/** Makes an empty history. It keeps the newest 10,000 changes, or fewer where they would take more than 64 MB. */
export function createChangeLog(clock: Clock): ChangeLog {
  const listeners = new Set<() => void>();
  let changes: Change[] = [];
  let sizes: number[] = [];
  let bytes = 0;
  let newest: Position = { seconds: Math.floor(clock.now() / 1000), increment: 1 };
  /** Everything after this position is still there. */
  let oldest: Position = newest;

  function next(): Position {
    const seconds = Math.max(Math.floor(clock.now() / 1000), newest.seconds);
    return { seconds, increment: seconds === newest.seconds ? newest.increment + 1 : 1 };
  }

  /** Forgets a tenth at a time, so that the arrays are not shifted for every change. */
  function trim(): void {
    if (changes.length <= MAX_CHANGES * 1.1 && bytes <= MAX_BYTES) return;
    let drop = Math.max(0, changes.length - MAX_CHANGES);
    for (const size of sizes.slice(0, drop)) bytes -= size;
    while (bytes > MAX_BYTES && drop < changes.length - 1) {
      bytes -= sizes[drop] ?? 0;
      drop += 1;
    }
    oldest = changes[drop - 1]?.position ?? oldest;
    changes = changes.slice(drop);
    sizes = sizes.slice(drop);
  }

  return {
    append: (change, documentBytes = 0) => {
      newest = next();
      changes.push({ ...change, position: newest, wallTime: new Date(clock.now()) });
      const size = CHANGE_BYTES + documentBytes;
      sizes.push(size);
      bytes += size;
      trim();
      for (const listener of [...listeners]) listener();
    },
    after: (position) => {
      if (comparePositions(position, oldest) < 0) {
        throw new CommandError(
          286,
          'Resume of change stream was not possible, as the resume point may no longer be in the oplog.',
          {
            labels: ['NonResumableChangeStreamError'],
          },
        );
      }
      return changes.slice(firstAfter(changes, position));
    },
    at: (position) => {
      const change = changes[firstAfter(changes, position) - 1];
      return change && comparePositions(change.position, position) === 0 ? change : undefined;
    },
    newest: () => newest,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Negative, zero or positive, as the first is before, at or after the second. */
export function comparePositions(a: Position, b: Position): number {
  return a.seconds - b.seconds || a.increment - b.increment;
}

/** As BSON's Timestamp, which is what `clusterTime` is. */
export function timestampOf(position: Position): Timestamp {
  return new Timestamp({ t: position.seconds, i: position.increment });
}

function firstAfter(changes: readonly Change[], position: Position): number {
  let low = 0;
  let high = changes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const change = changes[middle];
    if (change && comparePositions(change.position, position) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
