import { type ChangeLog, createChangeLog } from '../change-streams/change-log.js';
import type { Clock } from '../server-clock.js';
import { CommandError } from '../values/mongo-errors.js';
import { type Collection, createCollection, type IndexSpecification } from './collection.js';

/** All databases of one server, and the history of their changes. */
export interface Store {
  readonly changes: ChangeLog;
  find(database: string, collection: string): Collection | undefined;
  /** The collection, made if it is not there. Throws InvalidNamespace (73) for a name that MongoDB refuses. */
  open(database: string, collection: string): Collection;
  collections(database: string): Collection[];
  /** Was there such a collection? */
  drop(database: string, collection: string): boolean;
  dropDatabase(database: string): void;
  /** Puts a collection in the place of another one of its database, which is dropped if there is one. */
  rename(database: string, from: string, to: string): void;
  /** Every collection of every database. */
  everything(): { database: string; collection: string; indexes: readonly IndexSpecification[] }[];
}

/** Makes a store without databases. */
export function createStore(clock: Clock): Store {
  const databases = new Map<string, Map<string, Collection>>();
  const changes = createChangeLog(clock);

  function drop(database: string, collection: string): boolean {
    const dropped = databases.get(database)?.get(collection);
    if (!dropped) return false;
    databases.get(database)?.delete(collection);
    dropped.retire(`collection dropped: ${dropped.namespace}`);
    changes.append({ operationType: 'drop', database, collection });
    return true;
  }

  return {
    changes,
    find: (database, collection) => databases.get(database)?.get(collection),
    open: (database, collection) => {
      const collections = databases.get(database) ?? new Map<string, Collection>();
      const found = collections.get(collection);
      if (found) return found;
      checkNames(database, collection);
      const made = createCollection(`${database}.${collection}`);
      collections.set(collection, made);
      databases.set(database, collections);
      return made;
    },
    collections: (database) => [...(databases.get(database)?.values() ?? [])],
    drop,
    rename: (database, from, to) => {
      const collections = databases.get(database);
      const source = collections?.get(from);
      if (!collections || !source) return;
      checkNames(database, to);
      const target = createCollection(`${database}.${to}`, source);
      collections.get(to)?.retire(`collection dropped: ${target.namespace}`);
      source.retire(`collection renamed from '${source.namespace}' to '${target.namespace}'`);
      collections.delete(from);
      collections.set(to, target);
      changes.append({ operationType: 'rename', database, collection: from, to });
    },
    everything: () =>
      [...databases].flatMap(([database, collections]) =>
        [...collections].map(([collection, { indexes }]) => ({ database, collection, indexes: indexes() })),
      ),
    dropDatabase: (database) => {
      const collections = databases.get(database);
      if (!collections) return;
      for (const collection of [...collections.keys()]) drop(database, collection);
      databases.delete(database);
      changes.append({ operationType: 'dropDatabase', database, collection: undefined });
    },
  };
}

function checkNames(database: string, collection: string): void {
  const namespace = `${database}.${collection}`;
  const badDatabase = database === '' || /[/\\. "$\0]/.test(database);
  const badCollection = collection === '' || collection.startsWith('.') || /[$\0]/.test(collection);
  if (badDatabase || badCollection || collection.startsWith('system.')) {
    throw new CommandError(73, `Invalid namespace specified '${namespace}'`);
  }
}
