import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../../core/clock.js';
import { createDeadline } from '../../core/deadline.js';
import type { CollectionSource, FindPlan } from '../../database/collection-source.js';
import type { Sources } from '../../database/connect.js';
import type { CollectionName } from '../../database/models/collections.js';

/** The least time between two counts of the same documents. */
const RECOUNT_MS = 60_000;
/** Totals that are kept; the least recently read are counted anew when they are needed again. */
const MAX_TOTALS = 5000;

interface Total {
  count: number;
  /** When it was counted, or when the last try to count it began. */
  triedAt: number;
}

/**
 * The sources with totals of their own: counting looks at every document that matches, so it is done at most once a minute for
 * each collection and filter, in the background. Only a total that is not known yet is waited for. A page that holds every
 * match tells its total itself.
 */
export function createCountedSources(options: {
  sources: Sources;
  clock: Clock;
  /** Milliseconds that a count in the background may take. */
  countTimeoutMs: number;
}): Sources {
  const { sources, clock, countTimeoutMs } = options;
  const totals = new LRUCache<string, Total>({ max: MAX_TOTALS });

  const recount = (source: CollectionSource, filter: FindPlan['filter'], known: Total): void => {
    known.triedAt = clock.now();
    const { signal, remainingMs, dispose } = createDeadline({ clock, timeoutMs: countTimeoutMs });
    source
      .count({ filter, signal, remainingMs })
      .then((count) => {
        known.count = count;
      })
      // The known total serves for a minute more; a database that is away is logged where it is read for a page.
      .catch(() => undefined)
      .finally(dispose);
  };

  const totalOf = async (name: CollectionName, source: CollectionSource, plan: FindPlan): Promise<number> => {
    const key = totalKey(name, plan.filter);
    const known = totals.get(key);
    if (known === undefined) {
      const triedAt = clock.now();
      const count = await source.count(plan);
      totals.set(key, { count, triedAt });
      return count;
    }
    if (clock.now() - known.triedAt >= RECOUNT_MS) recount(source, plan.filter, known);
    return known.count;
  };

  const counted = (name: CollectionName, source: CollectionSource): CollectionSource => ({
    ...source,
    page: async (plan) => {
      const total = totalOf(name, source, plan);
      total.catch(() => undefined);
      const documents = await source.find(plan);
      const isAll = plan.limit === undefined || documents.length < plan.limit;
      return { documents, total: isAll ? documents.length : Math.max(await total, documents.length) };
    },
  });
  const names = Object.keys(sources) as CollectionName[];
  return Object.fromEntries(names.map((name) => [name, counted(name, sources[name])])) as unknown as Sources;
}

/** A digest, because a filter may name 200 ids. */
function totalKey(name: CollectionName, filter: FindPlan['filter']): string {
  return createHash('sha1')
    .update(`${name}:${timelessText(filter)}`)
    .digest('base64');
}

/** The same text for every moment: dates in a section's filter are the time of its load. */
export function timelessText(filter: unknown): string {
  return JSON.stringify(filter, function (this: Record<string, unknown>, field, value: unknown) {
    return this[field] instanceof Date ? 'now' : value;
  });
}
