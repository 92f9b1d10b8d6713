import type { Db } from 'mongodb';
import type { Logger } from '../core/logger.js';
import { indexes } from './indexes.js';

/**
 * Creates what the index table lists and is not there yet. An index that cannot be made (the user may only read, or
 * the shop has one of the same keys under another name) is a warning: the gateway serves without it, if more slowly.
 */
export async function ensureIndexes(options: { database: Db; logger: Logger }): Promise<void> {
  const { database, logger } = options;
  await Promise.all(
    [...new Set(indexes.map((index) => index.collection))].map(async (collection) => {
      const definitions = indexes.filter((index) => index.collection === collection);
      try {
        await database.collection(collection).createIndexes(
          definitions.map(({ name, keys, partialFilterExpression, unique }) => ({
            name,
            key: { ...keys },
            ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
            ...(unique === undefined ? {} : { unique }),
          })),
        );
      } catch (cause) {
        logger.warn({ error: cause, collection }, `indexes of ${collection} could not be ensured`);
      }
    }),
  );
}
