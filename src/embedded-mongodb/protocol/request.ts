import type { Clock } from '../server-clock.js';
import type { Store } from '../storage/document-store.js';
import type { Doc } from '../values/bson-values.js';
import type { Operation } from './client-operation.js';
import type { Batch, Cursors } from './cursors.js';
import type { FailPoint } from './fail-point.js';

/** What a server's commands work on. */
export interface Server {
  readonly store: Store;
  readonly cursors: Cursors;
  readonly failPoint: FailPoint;
  readonly clock: Clock;
  readonly host: string;
  readonly startedAt: number;
  /** Operations that are running now; those that only wait for news don't count. */
  runningOperations(): number;
  connections(): number;
}

/** One command as it came in. */
export interface Request {
  readonly server: Server;
  readonly name: string;
  readonly database: string;
  readonly command: Doc;
  readonly operation: Operation;
  readonly connection: number;
  /** The session's id as a key, where the client sent one. */
  readonly session: string | undefined;
}

/** A reply: its fields without `ok`, and for a cursor's reply the batch, which is in bytes already. */
export interface Reply {
  readonly fields: Doc;
  readonly cursor?: { readonly fields: Doc; readonly name: 'firstBatch' | 'nextBatch'; readonly batch: Batch };
}

/** Carries a command out. Throws CommandError. */
export type Handler = (request: Request) => Reply | Promise<Reply>;
