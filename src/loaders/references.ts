import DataLoader from 'dataloader';
import { trusted } from 'mongoose';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { type Tracer, traced } from '../core/tracer.js';
import type { ReadOptions, StoredDocument } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import { documentId, isObjectId } from '../database/document-id.js';
import { type ReferencedCollection, type ReferenceFields, referenced } from '../database/find-by-ids.js';
import { createBatchWindow } from './batch-window.js';
import { sharedRead } from './shared-read.js';

/** Of the time that a section has left: references must be there by then, or the section goes without them. */
const REFERENCES_SHARE = 0.8;

/** How a section's references may be read. */
export interface JoinOptions extends ReadOptions {
  /** How long ago, in milliseconds, a document may have been read that memory holds; 0 when left out: all are read. */
  maxAgeMs?: number;
}

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
    read: JoinOptions,
  ): Promise<Joined<Page>>;
}

export interface Joined<Page> {
  page: Page;
  /** Ids that its documents refer to, found or not. */
  references: ReadonlyMap<ReferencedCollection, readonly string[]>;
  /** Whether a reference is null because its collection could not be read. */
  degraded: boolean;
  /** Milliseconds for which memory has held the oldest of the documents that were joined; 0 when all were read. */
  ageMs: number;
}

/** Documents that were referred to before; null for one that is not there. What it holds is as true as a read at that moment. */
export interface ReferenceMemory {
  /** By id. Never rejects. */
  take(
    collection: ReferencedCollection,
    ids: readonly string[],
    maxAgeMs: number,
  ): Promise<ReadonlyMap<string, Remembered>>;
  /** To be called before documents are read; keeps what was read. */
  begin(): (collection: ReferencedCollection, id: string, document: StoredDocument | null) => void;
}

export interface Remembered {
  readonly document: StoredDocument | null;
  readonly ageMs: number;
}

type Loader = DataLoader<string, StoredDocument | null>;

/**
 * One set of loaders a request. They batch, and remember nothing themselves: what is read for a section must have been read
 * after its load began, or an invalidation in between would be lost. `memory` knows of those.
 */
export function createReferenceLoaders(options: {
  sources: Sources;
  clock: Clock;
  logger: Logger;
  memory?: ReferenceMemory | undefined;
  tracer?: Tracer | undefined;
}): ReferenceLoaders {
  const { sources, clock, logger, memory, tracer } = options;
  const batchWindow = createBatchWindow({ clock });
  /** Those that wait for references just now. */
  const readers = new Set<ReadOptions>();
  const createLoader = (collection: ReferencedCollection): Loader =>
    new DataLoader(
      async (ids) => {
        const { dispose, ...read } = sharedRead([...readers]);
        const asked = [...new Set(ids)];
        const keep = memory?.begin();
        const documents = await sources[collection]
          .find({ filter: { _id: trusted({ $in: asked }) }, select: referenced[collection], ...read })
          .finally(dispose);
        const byId = new Map(documents.map((document) => [documentId(document), document]));
        for (const id of asked) keep?.(collection, id, byId.get(id) ?? null);
        return ids.map((id) => byId.get(id) ?? null);
      },
      {
        // The command belongs to the section whose references are the first of the batch.
        batchScheduleFn: (dispatch) => {
          const span = tracer?.active();
          batchWindow.schedule(span === undefined ? dispatch : () => span.within(dispatch));
        },
        cache: false,
      },
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

  const recall = async (collection: ReferencedCollection, ids: readonly string[], maxAgeMs: number) =>
    memory === undefined || maxAgeMs === 0
      ? new Map<string, Remembered>()
      : await batchWindow.track(() => memory.take(collection, ids, maxAgeMs));

  const resolve = (collection: ReferencedCollection, ids: readonly string[], endsAt: number, maxAgeMs: number) =>
    traced(tracer, `references ${collection}`, { 'homepage.references': ids.length }, async (span) => {
      const remembered = await recall(collection, ids, maxAgeMs);
      const missing = ids.filter((id) => !remembered.has(id));
      const read =
        (await until(endsAt, loaders[collection].loadMany(missing))) ?? missing.map(() => new Error('not in time'));
      const failure = read.find((result) => result instanceof Error);
      if (failure !== undefined) {
        span?.fail(failure);
        logger.warn({ error: failure }, `references to ${collection} could not be resolved`);
      }
      const found = new Map<string, StoredDocument | Error | null | undefined>(
        missing.map((id, index) => [id, read[index]]),
      );
      let ageMs = 0;
      for (const [id, known] of remembered) {
        found.set(id, known.document);
        ageMs = Math.max(ageMs, known.ageMs);
      }
      return { found, failed: failure !== undefined, ageMs };
    });

  return {
    join: async (fields, find, { signal, remainingMs, maxAgeMs = 0 }) => {
      const references = Object.entries(fields);
      if (references.length === 0) {
        return { page: await find(), references: new Map(), degraded: false, ageMs: 0 };
      }
      const endsAt = clock.now() + remainingMs() * REFERENCES_SHARE;
      const page = await batchWindow.track(find);
      const reader: ReadOptions = { signal, remainingMs: () => Math.max(0, endsAt - clock.now()) };
      readers.add(reader);
      const resolved = new Map(
        await Promise.all(
          [...new Set(Object.values(fields))].map(async (collection) => {
            const names = references.filter(([, to]) => to === collection).map(([field]) => field);
            const ids = page.documents.flatMap((document) => names.map((field) => document[field]));
            return [
              collection,
              await resolve(collection, [...new Set(ids.filter(isObjectId).map(String))], endsAt, maxAgeMs),
            ] as const;
          }),
        ).finally(() => readers.delete(reader)),
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
      const ids = new Map([...resolved].map(([collection, { found }]) => [collection, [...found.keys()]]));
      const ageMs = Math.max(...[...resolved.values()].map((collection) => collection.ageMs));
      return { page: { ...page, documents }, references: ids, degraded, ageMs };
    },
  };
}
