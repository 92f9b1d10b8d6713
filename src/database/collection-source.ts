import type { Model, QueryFilter } from 'mongoose';
import { withPlainNumbers } from './plain-numbers.js';

/** A document as it stands in the database, its numbers as JavaScript's: no promise is made about its fields. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** What every read carries: who may call it off, and how long the server may work on it. */
export interface ReadOptions {
  signal: AbortSignal;
  /** Milliseconds that are left when it is sent; they go along as `maxTimeMS`. */
  remainingMs(): number;
}

export interface FindPlan extends ReadOptions {
  /** Operators must be marked by mongoose's `trusted`: what is not marked is compared as a value. */
  filter: QueryFilter<StoredDocument>;
  /** Names of the fields to read. */
  select: readonly string[];
  sort?: Readonly<Record<string, 1 | -1>>;
  limit?: number;
}

export interface Page {
  documents: readonly StoredDocument[];
  /** How many documents match, beyond the limit too. */
  total: number;
}

/** One collection, as the sections and loaders read it. Rejects with the driver's errors. */
export interface CollectionSource {
  find(plan: FindPlan): Promise<readonly StoredDocument[]>;
  count(plan: Pick<FindPlan, 'filter' | keyof ReadOptions>): Promise<number>;
  /** The first `limit` documents and how many there are in all, asked for at the same time. */
  page(plan: FindPlan): Promise<Page>;
}

/** Reads through a mongoose model, as plain objects (`lean`). */
export function createCollectionSource(model: Model<StoredDocument>): CollectionSource {
  // MongoDB takes whole milliseconds, and 0 for no limit at all.
  const limited = ({ signal, remainingMs }: ReadOptions) => ({
    sanitizeFilter: true,
    maxTimeMS: Math.max(1, Math.ceil(remainingMs())),
    signal,
  });
  const find: CollectionSource['find'] = async ({ filter, select, sort, limit, ...read }) => {
    const query = model.find(filter).setOptions(limited(read));
    query.select([...select]);
    if (sort !== undefined) query.sort({ ...sort });
    // One answer holds the whole page, so the server closes the cursor at once.
    if (limit !== undefined) query.limit(limit).setOptions({ singleBatch: true });
    return (await query.lean<StoredDocument[]>().exec()).map(withPlainNumbers);
  };
  const count: CollectionSource['count'] = ({ filter, ...read }) =>
    model.countDocuments(filter).setOptions(limited(read)).exec();
  return {
    find,
    count,
    page: async (plan) => {
      const [documents, total] = await Promise.all([find(plan), count(plan)]);
      return { documents, total };
    },
  };
}
