import { BSONRegExp, BSONSymbol, type DBRef, Decimal128, Double, deserialize, Int32, Long, serialize } from 'bson';

/** A document as it is stored. Stored documents are never changed in place: an update makes a new one. */
export type Doc = { [field: string]: unknown };

/** Values of the number types: plain numbers, and bson's classes where a plain one would come back as another type. */
export type BsonNumber = number | Double | Long | Decimal128;

const INT32_MAX = 0x7fffffff;
const INT32_MIN = -0x80000000;

/**
 * Bytes to a stored document. Int32s and ordinary doubles become numbers; a double that is a whole number within the int32
 * range stays a `Double` and an int64 a `Long`, so that each goes back out as the type it came in as.
 * Throws bson's BSONError when the bytes are no document.
 */
export function decode(bytes: Uint8Array): Doc {
  const document: Doc = deserialize(bytes, {
    promoteValues: false,
    promoteLongs: false,
    bsonRegExp: true,
    allowObjectSmallerThanBufferSize: false,
  });
  lowerFields(document);
  return document;
}

/** A document to bytes. Undefined becomes null. */
export function encode(document: Doc): Uint8Array {
  return serialize(document, { ignoreUndefined: false });
}

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

/** Adds a field even if it is called `__proto__`. */
export function setField(document: Doc, field: string, value: unknown): void {
  if (field === '__proto__') {
    Object.defineProperty(document, field, { value, enumerable: true, configurable: true, writable: true });
  } else {
    document[field] = value;
  }
}

/** The field's own value: never something inherited. */
export function getField(document: Doc, field: string): unknown {
  return Object.hasOwn(document, field) ? document[field] : undefined;
}

function lowerFields(document: Doc): void {
  for (const field of Object.keys(document)) {
    const value = document[field];
    const lowered = lower(value);
    if (lowered !== value) setField(document, field, lowered);
  }
}

function lower(value: unknown): unknown {
  if (typeof value !== 'object') return value === undefined ? null : value;
  if (value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = lower(value[i]);
    return value;
  }
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return storedDouble(value.value);
  if (value instanceof BSONSymbol) return value;
  if (isDoc(value)) {
    lowerFields(value);
    return value;
  }
  return isDbRef(value) ? plainDbRef(value) : value;
}

function isDbRef(value: object): value is DBRef {
  return '_bsontype' in value && value._bsontype === 'DBRef';
}

/** bson makes a class of `{ $ref, $id }`; to the database it is a document like any other. */
function plainDbRef(reference: DBRef): Doc {
  const plain: Doc = { $ref: reference.collection, $id: lower(reference.oid) };
  if (reference.db !== undefined) plain.$db = reference.db;
  for (const [field, value] of Object.entries(reference.fields ?? {})) setField(plain, field, lower(value));
  return plain;
}

/** A regular expression's source and flags, whether it is JavaScript's or BSON's; undefined for anything else. */
export function regexParts(value: unknown): { pattern: string; options: string } | undefined {
  if (value instanceof BSONRegExp) return { pattern: value.pattern, options: value.options };
  if (value instanceof RegExp) return { pattern: value.source, options: value.flags.replace(/[^imsux]/g, '') };
  return undefined;
}
