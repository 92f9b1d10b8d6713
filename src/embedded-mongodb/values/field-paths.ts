import { type Doc, getField, isDoc } from './bson-values.js';
import { EMPTY_ARRAY } from './compare.js';

/** What a dotted path finds. Missing is `undefined`, which no stored document contains. */
export type Visitor = (value: unknown) => boolean;

const isIndex = (part: string): boolean => /^(0|[1-9]\d*)$/.test(part);

/**
 * Visits what a query's path finds in a document until the visitor says true, and says whether it did. Arrays on the way are
 * entered (their documents, and the element that a numeric part names), as in MongoDB; a field that is missing is visited as
 * undefined, but scalars in an array are passed over. The value at the end is visited as it is: see `visitLeaf`.
 */
export function visitPath(document: Doc, parts: readonly string[], visit: Visitor): boolean {
  return visitFrom(document, parts, 0, visit);
}

function visitFrom(document: Doc, parts: readonly string[], at: number, visit: Visitor): boolean {
  const value = getField(document, parts[at] ?? '');
  if (at === parts.length - 1) return visit(value);
  if (isDoc(value)) return visitFrom(value, parts, at + 1, visit);
  if (Array.isArray(value)) return visitArray(value, parts, at + 1, visit);
  return visit(undefined);
}

function visitArray(array: readonly unknown[], parts: readonly string[], at: number, visit: Visitor): boolean {
  const part = parts[at] ?? '';
  const index = isIndex(part);
  for (const element of array) {
    if (isDoc(element)) {
      // A numeric part may name a field of the elements too, but then its absence says nothing.
      const visitElement: Visitor = index ? (value) => value !== undefined && visit(value) : visit;
      if (visitFrom(element, parts, at, visitElement)) return true;
    }
  }
  if (!index || Number(part) >= array.length) return false;
  const element: unknown = array[Number(part)];
  if (at === parts.length - 1) return visit(element);
  if (isDoc(element)) return visitFrom(element, parts, at + 1, visit);
  return Array.isArray(element) && visitArray(element, parts, at + 1, visit);
}

/** As `visitPath`, and an array at the end is visited element by element first, then as a whole. */
export function visitLeaf(document: Doc, parts: readonly string[], visit: Visitor): boolean {
  return visitPath(document, parts, (value) => {
    if (Array.isArray(value)) {
      for (const element of value) if (visit(element)) return true;
    }
    return visit(value);
  });
}

/** The keys that an index or a sort has for a path: array elements one by one, missing as undefined, an empty array as its own key. */
export function keysAt(document: Doc, parts: readonly string[]): unknown[] {
  const first = getField(document, parts[0] ?? '');
  if (parts.length === 1 && !Array.isArray(first)) return [first];
  const keys: unknown[] = [];
  collect(document, parts, 0, keys);
  return keys;
}

function collect(document: Doc, parts: readonly string[], at: number, keys: unknown[]): void {
  collectValue(getField(document, parts[at] ?? ''), parts, at + 1, keys);
}

function collectValue(value: unknown, parts: readonly string[], at: number, keys: unknown[]): void {
  const last = at === parts.length;
  if (Array.isArray(value)) {
    const part = parts[at] ?? '';
    if (!last && isIndex(part) && Number(part) < value.length) {
      collectValue(value[Number(part)], parts, at + 1, keys);
    } else if (value.length === 0) {
      keys.push(last ? EMPTY_ARRAY : undefined);
    } else {
      for (const element of value) {
        if (last) keys.push(element);
        else if (isDoc(element)) collect(element, parts, at, keys);
        else keys.push(undefined);
      }
    }
  } else if (last) {
    keys.push(value);
  } else if (isDoc(value)) {
    collect(value, parts, at, keys);
  } else {
    keys.push(undefined);
  }
}

/** What an aggregation's `$a.b` means: arrays on the way map over their documents, and a numeric part is a field name. */
export function fieldPathValue(value: unknown, parts: readonly string[], at = 0): unknown {
  if (at === parts.length) return value;
  if (isDoc(value)) return fieldPathValue(getField(value, parts[at] ?? ''), parts, at + 1);
  if (!Array.isArray(value)) return undefined;
  const found: unknown[] = [];
  for (const element of value) {
    const inner = isDoc(element) ? fieldPathValue(element, parts, at) : undefined;
    if (inner !== undefined) found.push(inner);
  }
  return found;
}
