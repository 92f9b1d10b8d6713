import { MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb';
import { AppError, type ErrorCode } from '../core/errors.js';

/** MongoDB's code for an operation that went over its `maxTimeMS`. */
const MAX_TIME_MS_EXPIRED = 50;
/** A server that steps down, shuts down or recovers (retryable reads specification). */
const SERVER_LEAVES = [91, 189, 10_107, 11_600, 11_602, 13_435, 13_436];

/**
 * A connection that the other end has closed: the driver (7.8) passes on as it is what Node says to a write after the end,
 * instead of a `MongoNetworkError`.
 */
const CONNECTION_ENDED = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED', 'ERR_STREAM_WRITE_AFTER_END'];

/** What a failed read means to a client: no database, too slow, or anything else that the read died of. */
export function failureCode(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (!(error instanceof MongoError)) {
    const ended = error instanceof Error && 'code' in error && CONNECTION_ENDED.includes(String(error.code));
    return ended ? 'DB_CONNECTION_ERROR' : 'SECTION_FETCH_ERROR';
  }
  if (error.code === MAX_TIME_MS_EXPIRED || error.name === 'MongoOperationTimeoutError') return 'TIMEOUT_ERROR';
  const unreachable =
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    SERVER_LEAVES.includes(Number(error.code)) ||
    ['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoNotConnectedError', 'MongoTopologyClosedError'].includes(
      error.name,
    );
  return unreachable ? 'DB_CONNECTION_ERROR' : 'SECTION_FETCH_ERROR';
}
