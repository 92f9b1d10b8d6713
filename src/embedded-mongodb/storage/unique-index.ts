import { ObjectId } from 'bson';
import { compileFilter, type Matcher } from '../query/filter.js';
import { type Doc, fieldNames, isDoc, toNumber } from '../values/bson-values.js';
import { EMPTY_ARRAY, keyOf } from '../values/compare.js';
import { keysAt } from '../values/field-paths.js';
import { CommandError } from '../values/mongo-errors.js';

/** The keys of a unique index. */
export interface UniqueIndex {
  /** Throws DuplicateKey (11000) when another document than `ownId` has one of the document's keys. */
  check(document: Doc, ownId: string): void;
  add(document: Doc, id: string): void;
  remove(document: Doc): void;
}

/** Makes a unique index over `key`; sparse and partial ones leave documents out. */
export function createUniqueIndex(options: {
  namespace: string;
  name: string;
  key: Doc;
  sparse: boolean;
  partialFilter: Doc | undefined;
}): UniqueIndex {
  const { namespace, name, key, sparse } = options;
  const paths = fieldNames(key).map((path) => path.split('.'));
  const covers: Matcher = options.partialFilter ? compileFilter(options.partialFilter) : () => true;
  const owners = new Map<string, string>();

  function entries(document: Doc): Map<string, unknown[]> {
    const found = new Map<string, unknown[]>();
    if (!covers(document)) return found;
    let rows: unknown[][] = [[]];
    for (const path of paths) {
      const keys = keysAt(document, path);
      if (keys.length > 1 && rows.length > 1) throw new CommandError(171, 'cannot index parallel arrays');
      rows = rows.flatMap((row) => keys.map((value) => [...row, value]));
    }
    for (const row of rows) {
      // A sparse index leaves out what has none of its fields, each element of an array on the way counting for itself.
      if (!sparse || row.some((value) => value !== undefined)) found.set(row.map(keyOf).join('|'), row);
    }
    return found;
  }

  return {
    check: (document, ownId) => {
      for (const [entry, row] of entries(document)) {
        const owner = owners.get(entry);
        if (owner !== undefined && owner !== ownId) throw duplicateKey(namespace, name, key, row);
      }
    },
    add: (document, id) => {
      for (const entry of entries(document).keys()) owners.set(entry, id);
    },
    remove: (document) => {
      for (const entry of entries(document).keys()) owners.delete(entry);
    },
  };
}

/** MongoDB's E11000, with `keyPattern` and `keyValue`. */
export function duplicateKey(namespace: string, name: string, key: Doc, row: readonly unknown[]): CommandError {
  const keyValue: Doc = {};
  fieldNames(key).forEach((path, i) => {
    keyValue[path] = row[i] === EMPTY_ARRAY ? null : (row[i] ?? null);
  });
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${shellText(value)}`);
  return new CommandError(
    11000,
    `E11000 duplicate key error collection: ${namespace} index: ${name} dup key: { ${shown.join(', ')} }`,
    { extra: { keyPattern: key, keyValue } },
  );
}

function shellText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (value instanceof ObjectId) return `ObjectId('${value.toHexString()}')`;
  if (value instanceof Date) return `new Date(${value.getTime()})`;
  if (Array.isArray(value)) return `[ ${value.map(shellText).join(', ')} ]`;
  if (isDoc(value))
    return `{ ${Object.entries(value)
      .map(([field, inner]) => `${field}: ${shellText(inner)}`)
      .join(', ')} }`;
  const number = toNumber(value);
  if (
    typeof value === 'object' &&
    number !== undefined &&
    Number.isInteger(number) &&
    '_bsontype' in value &&
    value._bsontype === 'Double'
  )
    return `${number}.0`;
  return String(value);
}
