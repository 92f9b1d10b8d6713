import { BSONError, BSONSymbol, type DBRef, Double, deserialize, Int32, serialize } from 'bson';
import {
  type Doc,
  fieldNames,
  hasFieldOrder,
  InvalidUtf8,
  isDoc,
  isIntegerName,
  setField,
  storedDouble,
} from './bson-values.js';
import { decodeExactly, encodeExactly } from './exact-codec.js';

/**
 * Bytes to a stored document. Int32s and ordinary doubles become numbers; a double that is a whole number within the int32
 * range stays a `Double` and an int64 a `Long`, so that each goes back out as the type it came in as. Fields keep their order, and
 * strings that are not UTF-8 their bytes. Throws bson's BSONError when the bytes are no document.
 */
export function decode(bytes: Uint8Array): Doc {
  const notes = { integerNames: false };
  const lowered = (value: unknown): unknown => lower(value, notes);
  try {
    const document = deserializeOnly(bytes);
    lowerFields(document, notes);
    return notes.integerNames ? decodeExactly(bytes, deserializeOnly, lowered) : document;
  } catch (error) {
    if (!(error instanceof BSONError) || !error.message.includes('UTF-8')) throw error;
    return decodeExactly(bytes, deserializeOnly, lowered);
  }
}

/** A document to bytes. Undefined becomes null. */
export function encode(document: Doc): Uint8Array {
  return isOrdinary(document) ? serializeOnly(document) : encodeExactly(document, serializeOnly);
}

const deserializeOnly = (bytes: Uint8Array): Doc =>
  deserialize(bytes, {
    promoteValues: false,
    promoteLongs: false,
    bsonRegExp: true,
    allowObjectSmallerThanBufferSize: false,
  });

const serializeOnly = (document: Doc): Uint8Array => serialize(document, { ignoreUndefined: false });

/** Does the bson library write it as it is stored? */
function isOrdinary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(isOrdinary);
  if (!isDoc(value)) return !(value instanceof InvalidUtf8);
  if (hasFieldOrder(value)) return false;
  for (const field of Object.keys(value)) if (!isOrdinary(value[field])) return false;
  return true;
}

interface Notes {
  /** A document has fields that JavaScript lists before the others. */
  integerNames: boolean;
}

function lowerFields(document: Doc, notes: Notes): void {
  const fields = Object.keys(document);
  if (fields[0] !== undefined && isIntegerName(fields[0])) notes.integerNames = true;
  for (const field of fields) {
    const value = document[field];
    const lowered = lower(value, notes);
    if (lowered !== value) setField(document, field, lowered);
  }
}

function lower(value: unknown, notes: Notes): unknown {
  if (typeof value !== 'object') return value === undefined ? null : value;
  if (value === null) return value;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i += 1) value[i] = lower(value[i], notes);
    return value;
  }
  if (value instanceof Int32) return value.value;
  if (value instanceof Double) return storedDouble(value.value);
  if (value instanceof BSONSymbol) return value;
  if (isDoc(value)) {
    lowerFields(value, notes);
    return value;
  }
  return isDbRef(value) ? plainDbRef(value, notes) : value;
}

function isDbRef(value: object): value is DBRef {
  return '_bsontype' in value && value._bsontype === 'DBRef';
}

/** bson makes a class of `{ $ref, $id }`; to the database it is a document like any other. */
function plainDbRef(reference: DBRef, notes: Notes): Doc {
  const plain: Doc = { $ref: reference.collection, $id: lower(reference.oid, notes) };
  if (reference.db !== undefined) plain.$db = reference.db;
  const fields = reference.fields ?? {};
  for (const field of fieldNames(fields)) setField(plain, field, lower(fields[field], notes));
  return plain;
}
