import { MongoError, MongoNetworkError, MongoServerSelectionError } from 'mongodb';
import { AppError, type ErrorCode } from '../core/errors.js';

/** MongoDB's code for an operation that went over its `maxTimeMS`. */
const MAX_TIME_MS_EXPIRED = 50;

/** What a failed read means to a client: no database, too slow, or anything else that the read died of. */
export function failureCode(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (!(error instanceof MongoError)) return 'SECTION_FETCH_ERROR';
  if (error.code === MAX_TIME_MS_EXPIRED || error.name === 'MongoOperationTimeoutError') return 'TIMEOUT_ERROR';
  const unreachable =
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    ['MongoPoolClearedError', 'MongoPoolClosedError', 'MongoNotConnectedError', 'MongoTopologyClosedError'].includes(
      error.name,
    );
  return unreachable ? 'DB_CONNECTION_ERROR' : 'SECTION_FETCH_ERROR';
}
