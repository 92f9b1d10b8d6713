import type { Db } from 'mongodb';
import type { Logger } from '../core/logger.js';
import { type IndexDefinition, indexes } from './indexes.js';

/**
 * Creates indexes that are not there yet: those of the index table, unless `definitions` names some of them. An index that
 * cannot be made (the user may only read, or the shop has one of the same name with other keys) is a warning: the gateway
 * serves without it, more slowly. A collection that does not exist is made with them.
 */
export async function ensureIndexes(options: {
  database: Db;
  logger: Logger;
  definitions?: readonly IndexDefinition[];
}): Promise<void> {
  const { database, logger, definitions: all = indexes } = options;
  await Promise.all(
    [...new Set(all.map((index) => index.collection))].map(async (collection) => {
      const definitions = all.filter((index) => index.collection === collection);
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
