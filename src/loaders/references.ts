import DataLoader from 'dataloader';
import { trusted } from 'mongoose';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import type { StoredDocument } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import { documentId, isObjectId } from '../database/document-id.js';
import { type ReferencedCollection, type ReferenceFields, referenced } from '../database/references.js';
import { createBatchWindow } from './batch-window.js';

/** Resolves the references of one request's sections, with one command for each referenced collection. */
export interface ReferenceLoaders {
  /**
   * Runs a section's find and puts the documents that its documents refer to in the place of their ObjectIds.
   * A reference that leads nowhere becomes null, and so does one whose collection cannot be read just now, or not in
   * time (with a warning): a section fails for its own collection only.
   */
  join<Page extends { documents: readonly StoredDocument[] }>(
    fields: ReferenceFields,
    find: () => Promise<Page>,
  ): Promise<Joined<Page>>;
}

export interface Joined<Page> {
  page: Page;
  /** Whether a reference is null because its collection could not be read. */
  degraded: boolean;
}

type Loader = DataLoader<string, StoredDocument | null>;

/**
 * One set of loaders a request. They batch, and remember nothing: what is read for a section must have been read after
 * its load began, or an invalidation in between would be lost.
 */
export function createReferenceLoaders(options: {
  sources: Sources;
  clock: Clock;
  logger: Logger;
  /** Calls the reads of references off. */
  signal: AbortSignal;
  /** Milliseconds from the start of a find until its references must be there, or are given up. */
  limitMs: number;
}): ReferenceLoaders {
  const { sources, clock, logger, signal, limitMs } = options;
  const batchWindow = createBatchWindow({ clock });
  const createLoader = (collection: ReferencedCollection): Loader =>
    new DataLoader(
      async (ids) => {
        const documents = await sources[collection].find({
          filter: { _id: trusted({ $in: [...new Set(ids)] }) },
          select: referenced[collection],
          signal,
          maxTimeMs: limitMs,
        });
        const byId = new Map(documents.map((document) => [documentId(document), document]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { batchScheduleFn: batchWindow.schedule, cache: false },
    );
  const loaders = { categories: createLoader('categories'), stores: createLoader('stores') };

  /** What `work` answers, or undefined when it is not there by then. It must not reject. */
  const until = <Answer>(endsAt: number, work: Promise<Answer>): Promise<Answer | undefined> =>
    new Promise((resolve) => {
      const cancel = clock.after(Math.max(0, endsAt - clock.now()), () => resolve(undefined));
      work.then((answer) => {
        cancel();
        resolve(answer);
      });
    });

  const resolve = async (collection: ReferencedCollection, ids: readonly string[], endsAt: number) => {
    const found = (await until(endsAt, loaders[collection].loadMany(ids))) ?? ids.map(() => new Error('not in time'));
    const failure = found.find((result) => result instanceof Error);
    if (failure !== undefined) logger.warn({ error: failure }, `references to ${collection} could not be resolved`);
    return { found: new Map(ids.map((id, index) => [id, found[index]])), failed: failure !== undefined };
  };

  return {
    join: async (fields, find) => {
      const references = Object.entries(fields);
      if (references.length === 0) return { page: await find(), degraded: false };
      const endsAt = clock.now() + limitMs;
      const page = await batchWindow.track(find);
      const resolved = new Map(
        await Promise.all(
          [...new Set(Object.values(fields))].map(async (collection) => {
            const names = references.filter(([, to]) => to === collection).map(([field]) => field);
            const ids = page.documents.flatMap((document) => names.map((field) => document[field]));
            return [
              collection,
              await resolve(collection, [...new Set(ids.filter(isObjectId).map(String))], endsAt),
            ] as const;
          }),
        ),
      );
      const documents = page.documents.map((document) => {
        const joined: Record<string, unknown> = { ...document };
        for (const [field, collection] of references) {
          const id = document[field];
          const target = isObjectId(id) ? resolved.get(collection)?.found.get(String(id)) : undefined;
          joined[field] = target === undefined || target instanceof Error ? null : target;
        }
        return joined;
      });
      const degraded = [...resolved.values()].some(({ failed }) => failed);
      return { page: { ...page, documents }, degraded };
    },
  };
}
