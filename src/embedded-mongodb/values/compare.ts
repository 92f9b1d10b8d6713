import { Binary, BSONSymbol, Code, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { type BsonNumber, type Doc, fieldNames, InvalidUtf8, isBsonNumber, isDoc, regexParts } from './bson-values.js';
import { parseDecimal } from './decimal.js';

/** The order of BSON types. Values of types with the same rank compare by value. */
const rank = {
  minKey: -1,
  emptyArray: 0,
  null: 5,
  number: 10,
  string: 15,
  object: 20,
  array: 25,
  binary: 30,
  objectId: 35,
  bool: 40,
  date: 45,
  timestamp: 47,
  regex: 50,
  code: 60,
  codeWithScope: 65,
  maxKey: 127,
} as const;

/** Sorts as MongoDB sorts an empty array: before null. */
export const EMPTY_ARRAY = Symbol('empty array');

/** Where a value's type stands in BSON's order; missing (undefined) counts as null. */
export function typeRank(value: unknown): number {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return rank.number;
    case 'string':
      return rank.string;
    case 'boolean':
      return rank.bool;
    case 'undefined':
      return rank.null;
    case 'symbol':
      return rank.emptyArray;
  }
  if (value === null) return rank.null;
  if (value instanceof ObjectId) return rank.objectId;
  if (value instanceof Date) return rank.date;
  if (Array.isArray(value)) return rank.array;
  if (isDoc(value)) return rank.object;
  if (value instanceof Timestamp) return rank.timestamp;
  if (isBsonNumber(value)) return rank.number;
  if (value instanceof Binary) return rank.binary;
  if (value instanceof MinKey) return rank.minKey;
  if (value instanceof MaxKey) return rank.maxKey;
  if (value instanceof BSONSymbol || value instanceof InvalidUtf8) return rank.string;
  if (value instanceof Code) return value.scope ? rank.codeWithScope : rank.code;
  return regexParts(value) ? rank.regex : rank.object;
}

/** BSON's total order: negative, zero or positive. Missing and null are equal, NaN is below all numbers, -0 equals 0. */
export function compareBson(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return comparePlain(a, b);
  const rankA = typeRank(a);
  const rankB = typeRank(b);
  if (rankA !== rankB) return rankA - rankB;
  switch (rankA) {
    case rank.number:
      return isBsonNumber(a) && isBsonNumber(b) ? compareNumbers(a, b) : 0;
    case rank.string:
      return a instanceof InvalidUtf8 || b instanceof InvalidUtf8
        ? compareBytes(stringBytes(a), stringBytes(b))
        : compareStrings(String(a), String(b));
    case rank.object:
      return isDoc(a) && isDoc(b) ? compareDocs(a, b) : 0;
    case rank.array:
      return Array.isArray(a) && Array.isArray(b) ? compareArrays(a, b) : 0;
    case rank.binary:
      return a instanceof Binary && b instanceof Binary ? compareBinaries(a, b) : 0;
    case rank.objectId:
      return a instanceof ObjectId && b instanceof ObjectId ? compareBytes(a.id, b.id) : 0;
    case rank.bool:
      return Number(a) - Number(b);
    case rank.date:
      return Number(a) - Number(b);
    case rank.timestamp:
      return a instanceof Timestamp && b instanceof Timestamp ? a.compare(b) : 0;
    case rank.regex: {
      const [x, y] = [regexParts(a), regexParts(b)];
      if (!x || !y) return 0;
      return compareStrings(x.pattern, y.pattern) || compareStrings(x.options, y.options);
    }
    case rank.code:
    case rank.codeWithScope:
      if (!(a instanceof Code && b instanceof Code)) return 0;
      return compareStrings(a.code, b.code) || compareBson(a.scope ?? null, b.scope ?? null);
    default:
      return 0;
  }
}

/** Are the two values equal to MongoDB? Field order counts, the number type does not. */
export const equalBson = (a: unknown, b: unknown): boolean => compareBson(a, b) === 0;

/** Is it NaN, a double or a decimal? */
export function isNaNValue(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (value instanceof Double) return Number.isNaN(value.value);
  return value instanceof Decimal128 && value.toString() === 'NaN';
}

function comparePlain(a: number, b: number): number {
  if (a < b) return -1;
  if (a > b) return 1;
  if (a === b) return 0;
  return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
}

/** Across the number types, exactly: an int64 or a decimal is never rounded to a double first. */
export function compareNumbers(a: BsonNumber, b: BsonNumber): number {
  const x = exact(a);
  const y = exact(b);
  if (typeof x === 'number' && typeof y === 'number') return comparePlain(x, y);
  if (typeof x === 'number' && !Number.isFinite(x)) return x > 0 ? 1 : -1;
  if (typeof y === 'number' && !Number.isFinite(y)) return y > 0 ? -1 : 1;
  const p = fraction(x);
  const q = fraction(y);
  const left = p.numerator * q.denominator;
  const right = q.numerator * p.denominator;
  return left < right ? -1 : left > right ? 1 : 0;
}

interface Fraction {
  numerator: bigint;
  denominator: bigint;
}

function exact(value: BsonNumber): number | bigint | Fraction {
  if (typeof value === 'number') return value;
  if (value instanceof Double) return value.value;
  if (value instanceof Long) {
    const big = value.toBigInt();
    return Number.isSafeInteger(Number(big)) ? Number(big) : big;
  }
  return decimalFraction(value.toString());
}

function decimalFraction(text: string): number | Fraction {
  const decimal = parseDecimal(text);
  if (!decimal) return Number(text);
  const { coefficient, exponent } = decimal;
  return exponent >= 0
    ? { numerator: coefficient * 10n ** BigInt(exponent), denominator: 1n }
    : { numerator: coefficient, denominator: 10n ** BigInt(-exponent) };
}

function fraction(value: number | bigint | Fraction): Fraction {
  if (typeof value === 'bigint') return { numerator: value, denominator: 1n };
  if (typeof value === 'object') return value;
  let scaled = value;
  let denominator = 1n;
  while (!Number.isInteger(scaled)) {
    scaled *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(scaled), denominator };
}

const stringBytes = (value: unknown): Uint8Array =>
  value instanceof InvalidUtf8 ? value.bytes : Buffer.from(String(value), 'utf8');

/** By UTF-8 bytes, which is by code points; JavaScript's own order differs for surrogate pairs. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointOrder(x) - codePointOrder(y);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all of the 16-bit ones. */
const codePointOrder = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit);

function compareDocs(a: Doc, b: Doc): number {
  const fieldsA = fieldNames(a);
  const fieldsB = fieldNames(b);
  const length = Math.min(fieldsA.length, fieldsB.length);
  for (let i = 0; i < length; i += 1) {
    const fieldA = fieldsA[i] ?? '';
    const fieldB = fieldsB[i] ?? '';
    const order =
      typeRank(a[fieldA]) - typeRank(b[fieldB]) || compareStrings(fieldA, fieldB) || compareBson(a[fieldA], b[fieldB]);
    if (order !== 0) return order;
  }
  return fieldsA.length - fieldsB.length;
}

function compareArrays(a: readonly unknown[], b: readonly unknown[]): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) {
    const order = compareBson(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareBinaries(a: Binary, b: Binary): number {
  return a.position - b.position || a.sub_type - b.sub_type || compareBytes(a.value(), b.value());
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  return Buffer.compare(a, b);
}

/** A string that two values share exactly when they are equal to MongoDB: the key of maps over BSON values. */
export function keyOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return `s${value.length}:${value}`;
    case 'number':
      return numberKey(value);
    case 'boolean':
      return value ? 'T' : 'F';
    case 'undefined':
      return 'z';
    case 'symbol':
      return 'e';
  }
  if (value === null) return 'z';
  if (value instanceof ObjectId) return `o${value.toHexString()}`;
  if (value instanceof Date) return `D${value.getTime()}`;
  if (Array.isArray(value)) return `[${value.map(keyOf).join(',')}]`;
  if (isDoc(value)) {
    return `{${fieldNames(value)
      .map((field) => `${field.length}:${field}=${keyOf(value[field])}`)
      .join(',')}}`;
  }
  if (value instanceof Timestamp) return `t${value.toString()}`;
  if (isBsonNumber(value)) return numberKey(value);
  if (value instanceof Binary) return `b${value.sub_type}:${Buffer.from(value.value()).toString('hex')}`;
  if (value instanceof MinKey) return '<';
  if (value instanceof MaxKey) return '>';
  if (value instanceof BSONSymbol) return keyOf(value.toString());
  if (value instanceof InvalidUtf8) return `u${Buffer.from(value.bytes).toString('hex')}`;
  if (value instanceof Code) return `c${value.code.length}:${value.code}${keyOf(value.scope ?? null)}`;
  const regex = regexParts(value);
  return regex ? `r${regex.pattern.length}:${regex.pattern}/${regex.options}` : `?${String(value)}`;
}

function numberKey(value: BsonNumber): string {
  const number = exact(value);
  if (typeof number === 'bigint') return `n${number}`;
  if (typeof number === 'number') {
    if (Number.isSafeInteger(number)) return `n${number === 0 ? 0 : number}`;
    return Number.isInteger(number) ? `n${BigInt(number)}` : `n${number}`;
  }
  if (number.numerator % number.denominator === 0n) return `n${number.numerator / number.denominator}`;
  const rounded = Number(String(value));
  if (Number.isFinite(rounded) && compareNumbers(value, rounded) === 0) return `n${rounded}`;
  let { numerator, denominator } = number;
  while (numerator % 10n === 0n && denominator % 10n === 0n) {
    numerator /= 10n;
    denominator /= 10n;
  }
  return `d${numerator}/${denominator}`;
}
