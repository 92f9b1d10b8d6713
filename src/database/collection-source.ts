import type { Model, QueryFilter } from 'mongoose';

/** A document as it stands in the database: no promise is made about its fields. */
export type StoredDocument = Readonly<Record<string, unknown>>;

/** What every read carries: how long the server may work on it, and who may call it off. */
export interface ReadOptions {
  signal: AbortSignal;
  /** Milliseconds, at least 1. */
  maxTimeMs: number;
}

export interface FindPlan extends ReadOptions {
  /** Operators must be marked by mongoose's `trusted`: what is not marked is compared as a value. */
  filter: QueryFilter<StoredDocument>;
  /** Names of fields, as in the seed's `select`. */
  select: readonly string[];
  sort?: Readonly<Record<string, 1 | -1>>;
  limit?: number;
}

export interface Page {
  documents: readonly StoredDocument[];
  /** How many documents match, whatever the limit. */
  total: number;
}

/** One collection, as the sections and loaders read it. Rejects with the driver's errors. */
export interface CollectionSource {
  find(plan: FindPlan): Promise<readonly StoredDocument[]>;
  count(plan: Pick<FindPlan, 'filter' | 'signal' | 'maxTimeMs'>): Promise<number>;
  /** The first `limit` documents and how many there are in all, asked for at the same time. */
  page(plan: FindPlan): Promise<Page>;
}

/** Reads through a mongoose model, as plain objects (`lean`). */
export function createCollectionSource(model: Model<StoredDocument>): CollectionSource {
  const find: CollectionSource['find'] = ({ filter, select, sort, limit, signal, maxTimeMs }) => {
    const query = model.find(filter).setOptions({ sanitizeFilter: true, maxTimeMS: maxTimeMs, signal });
    query.select([...select]);
    if (sort !== undefined) query.sort({ ...sort });
    // One answer holds the whole page, so the server closes the cursor at once.
    if (limit !== undefined) query.limit(limit).setOptions({ singleBatch: true });
    return query.lean<StoredDocument[]>().exec();
  };
  const count: CollectionSource['count'] = ({ filter, signal, maxTimeMs }) =>
    model.countDocuments(filter).setOptions({ sanitizeFilter: true, maxTimeMS: maxTimeMs, signal }).exec();
  return {
    find,
    count,
    page: async (plan) => {
      const [documents, total] = await Promise.all([find(plan), count(plan)]);
      return { documents, total };
    },
  };
}
