import { type Db, MongoServerError } from 'mongodb';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { ensureIndexes } from './ensure-indexes.js';
import { type IndexDefinition, indexes } from './indexes.js';
import { type CollectionName, collectionNames } from './models/collections.js';

/** The longest that one question of the check may take the server. */
const QUESTION_MS = 2000;
/** While collections are missing or empty they are looked at this often, so that the warning ends with its cause. */
const RECHECK_MS = 60_000;
/** Marks the check's reads in the server's log and profile. */
const COMMENT = 'homepage-gateway: start check';
const NAMESPACE_NOT_FOUND = 26;
/** Collections that the demo has and the gateway does not read. */
const unread: readonly CollectionName[] = ['users'];

type CollectionState = 'filled' | 'empty' | 'missing' | 'unreadable';

interface CheckedCollection {
  name: CollectionName;
  state: CollectionState;
  /** Indexes of the table that it has not got. */
  lacking: readonly IndexDefinition[];
  error?: unknown;
}

/** Looks whether a database is the shop's: a wrong name in the URI is an empty shop, and no error to MongoDB. */
export interface StartCheck {
  /** Looks, logs what is wrong, and sees to the indexes. Never rejects. */
  run(database: Db): Promise<void>;
  /** What is wrong with the collections, in a sentence each. */
  warnings(): readonly string[];
  stop(): void;
}

export function createStartCheck(options: { createIndexes: boolean; clock: Clock; logger: Logger }): StartCheck {
  const { createIndexes, clock, logger } = options;
  let warnings: readonly string[] = [];
  let cancel = () => {};
  let stopped = false;

  const look = async (database: Db): Promise<readonly CheckedCollection[]> => {
    const checked = await checkCollections(database);
    const found = (['missing', 'empty'] as const).flatMap((state) => {
      const names = namesOf(checked, state);
      return names.length === 0 ? [] : [`database ${database.databaseName}: collections ${state}: ${names.join(', ')}`];
    });
    if (found.join() !== warnings.join()) {
      for (const warning of found) logger.warn(warning);
      if (found.length === 0) logger.info('no collection is missing or empty any more');
    }
    warnings = found;
    if (found.length > 0 && !stopped) cancel = clock.after(RECHECK_MS, () => void look(database));
    return checked;
  };

  return {
    run: async (database) => {
      const checked = await look(database);
      for (const { name, error } of checked) {
        if (error !== undefined) logger.warn({ error, collection: name }, `${name} cannot be read`);
      }
      const lacking = checked.flatMap((collection) => collection.lacking);
      if (lacking.length === 0) return;
      if (createIndexes) return ensureIndexes({ database, logger, definitions: lacking });
      logger.warn(
        { indexes: lacking.map(({ collection, name, keys }) => ({ collection, name, keys })) },
        'indexes are missing, so that queries read more than they return; ENABLE_INDEX_CREATION=true makes them',
      );
    },
    warnings: () => warnings,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}

const namesOf = (checked: readonly CheckedCollection[], wanted: CollectionState) =>
  checked.filter(({ state }) => state === wanted).map(({ name }) => name);

/** Reads only: a question for a missing collection does not make it. */
function checkCollections(database: Db): Promise<CheckedCollection[]> {
  return Promise.all(
    collectionNames
      .filter((name) => !unread.includes(name))
      .map(async (name): Promise<CheckedCollection> => {
        try {
          const keys = await existingKeys(database, name);
          if (keys === 'missing') return { name, state: 'missing', lacking: [] };
          const read = { projection: { _id: 1 }, maxTimeMS: QUESTION_MS, comment: COMMENT };
          const state = (await database.collection(name).findOne({}, read)) === null ? 'empty' : 'filled';
          const wanted = indexes.filter(({ collection }) => collection === name);
          const lacking = keys === 'hidden' ? [] : wanted.filter((index) => !keys.has(JSON.stringify(index.keys)));
          return { name, state, lacking };
        } catch (error) {
          return { name, state: 'unreadable', lacking: [], error };
        }
      }),
  );
}

/** Key patterns of a collection's indexes, as JSON; `hidden` where the user may not list them, or it is a view. */
async function existingKeys(database: Db, name: CollectionName): Promise<ReadonlySet<string> | 'missing' | 'hidden'> {
  try {
    const options = { maxTimeMS: QUESTION_MS, comment: COMMENT };
    const listed = await database.collection(name).listIndexes(options).toArray();
    return new Set(listed.map(({ key }) => JSON.stringify(key)));
  } catch (error) {
    if (!(error instanceof MongoServerError)) throw error;
    return error.code === NAMESPACE_NOT_FOUND ? 'missing' : 'hidden';
  }
}
