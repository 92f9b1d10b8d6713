import DataLoader from 'dataloader';
import { Types, trusted } from 'mongoose';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { ReadOptions, StoredDocument } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import { type ReferencedCollection, type ReferenceFields, referenced } from '../database/references.js';
import { createBatchWindow } from './batch-window.js';

/** Resolves the references of one request's sections, with one command for each referenced collection. */
export interface ReferenceLoaders {
  /**
   * Runs a section's find and puts the documents that its documents refer to in the place of their ObjectIds.
   * A reference that leads nowhere becomes null, and so does one whose collection cannot be read just now
   * (with a warning): a section fails for its own collection only.
   */
  join<Result extends { documents: readonly StoredDocument[] }>(
    fields: ReferenceFields,
    find: () => Promise<Result>,
  ): Promise<Result>;
}

type Loader = DataLoader<string, StoredDocument | null>;

/** One set of loaders a request: DataLoader remembers what it read, which must not outlive the request. */
export function createReferenceLoaders(options: {
  sources: Sources;
  clock: Clock;
  logger: Logger;
  /** Asked when a batch goes out: what is left of the request's time. */
  read: () => ReadOptions;
}): ReferenceLoaders {
  const { sources, clock, logger, read } = options;
  const batchWindow = createBatchWindow({ clock });
  const createLoader = (collection: ReferencedCollection): Loader =>
    new DataLoader(
      async (ids) => {
        const documents = await sources[collection].find({
          filter: { _id: trusted({ $in: ids }) },
          select: referenced[collection],
          ...read(),
        });
        const byId = new Map(documents.map((document) => [String(document._id), document]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { batchScheduleFn: batchWindow.schedule },
    );
  const loaders = { categories: createLoader('categories'), stores: createLoader('stores') };

  const resolve = async (collection: ReferencedCollection, ids: readonly string[]) => {
    const found = await loaders[collection].loadMany(ids);
    const failure = found.find((result) => result instanceof Error);
    if (failure !== undefined) logger.warn({ error: failure }, `references to ${collection} could not be resolved`);
    return new Map(ids.map((id, index) => [id, found[index]]));
  };

  return {
    join: async (fields, find) => {
      const references = Object.entries(fields);
      if (references.length === 0) return find();
      const result = await batchWindow.track(find);
      const resolved = new Map(
        await Promise.all(
          [...new Set(Object.values(fields))].map(async (collection) => {
            const names = references.filter(([, to]) => to === collection).map(([field]) => field);
            const ids = result.documents.flatMap((document) => names.map((field) => document[field]));
            return [collection, await resolve(collection, [...new Set(ids.filter(isObjectId).map(String))])] as const;
          }),
        ),
      );
      const documents = result.documents.map((document) => {
        const joined: Record<string, unknown> = { ...document };
        for (const [field, collection] of references) {
          const target = resolved.get(collection)?.get(String(document[field]));
          joined[field] = target === undefined || target instanceof Error ? null : target;
        }
        return joined;
      });
      return { ...result, documents };
    },
  };
}

const isObjectId = (value: unknown): value is Types.ObjectId => value instanceof Types.ObjectId;
