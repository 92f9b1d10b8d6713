import { ObjectId } from 'bson';
import { isOperatorDoc } from '../query/filter-operators.js';
import { type Doc, getField, isDoc, regexParts, withIdFirst } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import type { Update } from './update.js';
import { copyDeep, findPlace } from './update-paths.js';

/** The document that an upsert inserts: the filter's equalities (only its `_id` for a replacement), then the update, `_id` first. */
export function upsertedDocument(filter: Doc, update: Update, now: number): Doc {
  const base: Doc = {};
  const seen = new Set<string>();
  for (const [path, value] of equalities(filter)) {
    if (update.replaces && path !== '_id') continue;
    for (const other of seen) {
      if (other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
        throw new CommandError(54, `cannot infer query fields to set, path '${path}' is matched twice`);
      }
    }
    seen.add(path);
    findPlace(base, path, true)?.set(copyDeep(value));
  }
  const { document } = update.apply(base, { inserting: true, now });
  return withIdFirst(document, getField(document, '_id') ?? new ObjectId());
}

function equalities(filter: Doc): [string, unknown][] {
  return Object.entries(filter).flatMap(([field, value]): [string, unknown][] => {
    const clauses: unknown[] = Array.isArray(value) ? value : [];
    if (field === '$and' || (field === '$or' && clauses.length === 1)) {
      return clauses.flatMap((clause) => (isDoc(clause) ? equalities(clause) : []));
    }
    if (field.startsWith('$') || regexParts(value)) return [];
    if (!isOperatorDoc(value)) return [[field, value]];
    if ('$eq' in value) return [[field, value.$eq]];
    for (const operator of ['$in', '$all']) {
      const values = value[operator];
      if (Array.isArray(values) && values.length === 1 && !isOperatorDoc(values[0]) && !regexParts(values[0]))
        return [[field, values[0]]];
    }
    return [];
  });
}
