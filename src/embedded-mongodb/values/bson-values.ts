import { BSONRegExp, Decimal128, Double, Int32, Long } from 'bson';

/** A document as it is stored. Stored documents are never changed in place: an update makes a new one. */
export type Doc = { [field: string]: unknown };

/** Values of the number types: plain numbers, and bson's classes where a plain one would come back as another type. */
export type BsonNumber = number | Double | Long | Decimal128;

const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

/** Is it a document (and no array, no bson class)? */
export function isDoc(value: unknown): value is Doc {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Is it of one of the number types? */
export function isBsonNumber(value: unknown): value is BsonNumber {
  return typeof value === 'number' || value instanceof Double || value instanceof Long || value instanceof Decimal128;
}

/** Number types to a plain number (int64 and decimals lose digits past 2^53); anything else to undefined. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Int32) return value.value;
  if (value instanceof Long) return value.toNumber();
  if (value instanceof Decimal128) return Number(value.toString());
  return undefined;
}

/** Which of BSON's number types a stored number goes out as. */
export function numberType(value: BsonNumber): 'int' | 'long' | 'double' | 'decimal' {
  if (typeof value === 'number') {
    const isInt = Number.isInteger(value) && value <= INT32_MAX && value >= INT32_MIN && !Object.is(value, -0);
    return isInt ? 'int' : 'double';
  }
  if (value instanceof Long) return 'long';
  return value instanceof Double ? 'double' : 'decimal';
}

/** A double as it is stored: a plain number unless that would go out as an int32. */
export function storedDouble(value: number): number | Double {
  return numberType(value) === 'int' ? new Double(value) : value;
}

/** Where a document keeps the order of its fields, if JavaScript would list them in another one; copied with the document by `{ ... }`. */
const FIELD_ORDER = Symbol('field order');

/** JavaScript lists fields with such names before all others, in the order of their numbers. */
export const isIntegerName = (field: string): boolean => /^(0|[1-9]\d*)$/.test(field);

/** A document's fields in the order in which they are stored, which counts for MongoDB. */
export function fieldNames(document: Doc): string[] {
  const order: unknown = Reflect.get(document, FIELD_ORDER);
  if (!Array.isArray(order)) return Object.keys(document);
  const others = new Set(Object.keys(document));
  const known = order.filter((field) => others.delete(field));
  return [...known, ...others];
}

/** Notes in which order a document's fields are stored. */
export function setFieldOrder(document: Doc, order: readonly string[]): void {
  if (Object.keys(document).every((field, i) => field === order[i])) return;
  Reflect.set(document, FIELD_ORDER, order);
}

export const hasFieldOrder = (document: Doc): boolean => Object.hasOwn(document, FIELD_ORDER);

/** Sets a field, at the end where it is new; also one that is called `__proto__`. */
export function setField(document: Doc, field: string, value: unknown): void {
  const order = isIntegerName(field) && !Object.hasOwn(document, field) ? [...fieldNames(document), field] : undefined;
  if (field === '__proto__') {
    Object.defineProperty(document, field, { value, enumerable: true, configurable: true, writable: true });
  } else {
    document[field] = value;
  }
  if (order) setFieldOrder(document, order);
}

/** A copy whose first field is `_id`. */
export function withIdFirst(document: Doc, id: unknown): Doc {
  const copy: Doc = { _id: id };
  for (const field of fieldNames(document)) if (field !== '_id') setField(copy, field, document[field]);
  return copy;
}

/** A string whose bytes are not UTF-8: kept as they came, and ordered among strings by them. */
export class InvalidUtf8 {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
}

/** The field's own value: never something inherited. */
export function getField(document: Doc, field: string): unknown {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}

/** A regular expression's source and flags, whether it is JavaScript's or BSON's; undefined for anything else. */
export function regexParts(value: unknown): { pattern: string; options: string } | undefined {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  if (value instanceof RegExp) return { pattern: value.source, options: value.flags.replace(/[^imsux]/g, '') };
  return undefined;
}
