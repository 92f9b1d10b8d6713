import { checkFieldNames, setComputed } from '../query/projection.js';
import { type Doc, getField, isDoc } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import type { Stage } from './stage.js';

/** `$unwind`: one document for each element of an array. */
export function compileUnwind(operand: unknown): Stage {
  const options = typeof operand === 'string' ? { path: operand } : operand;
  if (!isDoc(options))
    throw new CommandError(15981, 'expected either a string or an object as specification for $unwind stage');
  for (const field of Object.keys(options)) {
    if (!['path', 'preserveNullAndEmptyArrays', 'includeArrayIndex'].includes(field)) {
      throw new CommandError(28811, `unrecognized option to $unwind stage: ${field}`);
    }
  }
  const { path, preserveNullAndEmptyArrays: preserve = false, includeArrayIndex: indexField } = options;
  if (typeof path !== 'string') throw new CommandError(28812, 'no path specified to $unwind stage');
  if (!path.startsWith('$'))
    throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (typeof preserve !== 'boolean')
    throw new CommandError(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  if (indexField !== undefined && (typeof indexField !== 'string' || indexField === '')) {
    throw new CommandError(28810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  }
  const parts = path.slice(1).split('.');
  checkFieldNames(parts);
  return function* (documents) {
    for (const document of documents) yield* unwind(document);
  };

  function unwind(document: Doc): Doc[] {
    const value = parts.reduce<unknown>((inner, part) => (isDoc(inner) ? getField(inner, part) : undefined), document);
    if (Array.isArray(value) && value.length > 0) {
      return value.map((element, i) => indexed(replaced(document, element), i));
    }
    if (value === undefined || value === null) return preserve ? [indexed({ ...document }, null)] : [];
    if (Array.isArray(value)) return preserve ? [indexed(replaced(document, undefined), null)] : [];
    return [indexed({ ...document }, null)];
  }

  function replaced(document: Doc, element: unknown): Doc {
    const copy = { ...document };
    setComputed(copy, parts, element);
    return copy;
  }

  function indexed(document: Doc, index: number | null): Doc {
    if (typeof indexField === 'string') setComputed(document, indexField.split('.'), index);
    return document;
  }
}
