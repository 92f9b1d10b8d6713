import { type Doc, fieldNames, isDoc, toNumber } from '../values/bson-values.js';
import { compareBson } from '../values/compare.js';
import { keysAt } from '../values/field-paths.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';

/** Sorts into a new array; equal documents stay in their order. */
export type Sorter = (documents: readonly Doc[]) => Doc[];

/**
 * Compiles a sort specification such as `{ rating: -1, name: 1 }`; undefined where there is nothing to sort by. In an array, the
 * least element counts ascending and the greatest descending.
 */
export function compileSort(specification: unknown): Sorter | undefined {
  if (specification === undefined) return undefined;
  if (!isDoc(specification)) throw new CommandError(14, 'Expected field sort to be of type object');
  const fields = fieldNames(specification).map((path) => ({ path, direction: direction(path, specification[path]) }));
  if (fields.length === 0) return undefined;
  if (fields.some(({ path }) => path === '$natural')) return natural(fields);
  const keys = fields.map(({ path, direction }) => ({ parts: path.split('.'), direction }));
  return (documents) => {
    const rows = documents.map((document) => ({ document, keys: sortKeys(document, keys) }));
    rows.sort((a, b) => {
      for (let i = 0; i < keys.length; i += 1) {
        const order = compareBson(a.keys[i], b.keys[i]);
        if (order !== 0) return order * (keys[i]?.direction ?? 1);
      }
      return 0;
    });
    return rows.map((row) => row.document);
  };
}

function direction(path: string, value: unknown): 1 | -1 {
  if (isDoc(value)) throw notImplemented('A sort by $meta');
  const number = toNumber(value);
  if (number === undefined)
    throw new CommandError(15974, `Illegal key in $sort specification: ${path}: ${String(value)}`);
  if (number !== 1 && number !== -1) {
    throw new CommandError(15975, '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
  }
  if (path === '' || path.split('.').includes(''))
    throw new CommandError(15998, 'FieldPath field names may not be empty strings.');
  if (path.startsWith('$') && path !== '$natural') {
    throw new CommandError(
      16410,
      `FieldPath field names may not start with '$'. Consider using $getField or $setField.`,
    );
  }
  return number;
}

function natural(fields: readonly { direction: 1 | -1 }[]): Sorter {
  if (fields.length > 1) throw badValue('$natural sort cannot be set to a value other than -1 or 1.');
  return (documents) => (fields[0]?.direction === -1 ? [...documents].reverse() : [...documents]);
}

function sortKeys(document: Doc, fields: readonly { parts: readonly string[]; direction: 1 | -1 }[]): unknown[] {
  let arrays = 0;
  return fields.map(({ parts, direction }) => {
    const keys = keysAt(document, parts);
    if (keys.length === 1) return keys[0];
    arrays += 1;
    if (arrays > 1) throw badValue('cannot sort with keys that are parallel arrays');
    return keys.reduce((best, key) => (compareBson(key, best) * direction < 0 ? key : best));
  });
}
