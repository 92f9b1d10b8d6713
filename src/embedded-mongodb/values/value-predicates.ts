import { Binary, BSONSymbol, Code, Decimal128, Double, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { InvalidUtf8, isBsonNumber, isDoc, numberType, regexParts, toNumber } from './bson-values.js';
import { compareBson, equalBson, isNaNValue, keyOf, typeRank } from './compare.js';
import { compileGeoWithin } from './geo.js';
import { badValue, CommandError, failedToParse, notImplemented } from './mongo-errors.js';
import { compileRegexOperand } from './regex.js';

/** Does one value (undefined: missing) satisfy the operator? */
export type ValuePredicate = (value: unknown) => boolean;

/** Operators that look at single values. Each compiles its operand and refuses a bad one as MongoDB does. */
export const valueOperators: Readonly<Record<string, (operand: unknown) => ValuePredicate>> = {
  $eq: compileEq,
  $gt: (operand) => compileRange(operand, (order) => order > 0, false),
  $gte: (operand) => compileRange(operand, (order) => order >= 0, true),
  $lt: (operand) => compileRange(operand, (order) => order < 0, false),
  $lte: (operand) => compileRange(operand, (order) => order <= 0, true),
  $in: compileIn,
  $type: compileType,
  $mod: compileMod,
  $geoWithin: compileGeoWithin,
};

/** `null` is also found where the field is missing. */
function compileEq(operand: unknown): ValuePredicate {
  if (typeof operand === 'string') return (value) => value === operand;
  if (typeof operand === 'boolean') return (value) => value === operand;
  return (value) => equalBson(value, operand);
}

/** Values of other types than the operand's never match a range (type bracketing); NaN is in no range but `NaN <= NaN`. */
function compileRange(operand: unknown, holds: (order: number) => boolean, orEqual: boolean): ValuePredicate {
  if (regexParts(operand)) throw badValue("Can't have RegEx as arg to predicate over field");
  if (isNaNValue(operand)) return (value) => orEqual && isNaNValue(value);
  const anyType = operand instanceof MinKey || operand instanceof MaxKey;
  const rank = typeRank(operand);
  if (typeof operand === 'number') {
    return (value) => {
      if (typeof value === 'number')
        return !Number.isNaN(value) && holds(value < operand ? -1 : value > operand ? 1 : 0);
      return isBsonNumber(value) && !isNaNValue(value) && holds(compareBson(value, operand));
    };
  }
  return (value) => {
    if (typeRank(value) !== rank && !anyType) return false;
    if (anyType && value === undefined) return false;
    return !isNaNValue(value) && holds(compareBson(value, operand));
  };
}

function compileIn(operand: unknown): ValuePredicate {
  if (!Array.isArray(operand)) throw badValue('$in needs an array');
  const keys = new Set<string>();
  const patterns: ValuePredicate[] = [];
  for (const element of operand) {
    if (isDoc(element) && Object.keys(element)[0]?.startsWith('$') && !('$ref' in element)) {
      throw badValue('cannot nest $ under $in');
    }
    if (regexParts(element)) patterns.push(compileRegexOperand(element, undefined));
    else keys.add(keyOf(element));
  }
  return (value) => keys.has(keyOf(value)) || patterns.some((matches) => matches(value));
}

const typeCodes: Readonly<Record<string, number>> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};

/** BSON's number for a stored value's type. */
export function typeCode(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  return typeCodes[typeAlias(value)];
}

/** BSON's name for a stored value's type, as `$type` gives it. */
export function typeAlias(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (isBsonNumber(value)) return numberType(value);
  if (typeof value === 'string' || value instanceof InvalidUtf8) return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return 'array';
  if (value instanceof ObjectId) return 'objectId';
  if (value instanceof Date) return 'date';
  if (value instanceof Timestamp) return 'timestamp';
  if (value instanceof Binary) return 'binData';
  if (value instanceof BSONSymbol) return 'symbol';
  if (value instanceof MinKey) return 'minKey';
  if (value instanceof MaxKey) return 'maxKey';
  if (value instanceof Code) return value.scope ? 'javascriptWithScope' : 'javascript';
  return regexParts(value) ? 'regex' : 'object';
}

function compileType(operand: unknown): ValuePredicate {
  const wanted = new Set<number>();
  const types: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (types.length === 0) throw failedToParse('a must match at least one type');
  for (const type of types) {
    if (type === 'number') {
      for (const code of [1, 16, 18, 19]) wanted.add(code);
      continue;
    }
    if (typeof type === 'string') {
      const code = typeCodes[type];
      if (code === undefined) throw badValue(`Unknown type name alias: ${type}`);
      wanted.add(code);
      continue;
    }
    const code = toNumber(type);
    if (code === undefined) throw new CommandError(14, 'type must be represented as a number or a string');
    if (!Object.values(typeCodes).includes(code)) throw badValue(`Invalid numerical type code: ${code}`);
    wanted.add(code);
  }
  return (value) => {
    const code = typeCode(value);
    return code !== undefined && wanted.has(code);
  };
}

function compileMod(operand: unknown): ValuePredicate {
  if (!Array.isArray(operand)) throw badValue('malformed mod, needs to be an array');
  if (operand.length < 2) throw badValue('malformed mod, not enough elements');
  if (operand.length > 2) throw badValue('malformed mod, too many elements');
  const [divisor, remainder] = operand.map((number) => toNumber(number));
  if (divisor === undefined || !Number.isFinite(divisor)) throw badValue('malformed mod, divisor not a number');
  if (remainder === undefined || !Number.isFinite(remainder)) throw badValue('malformed mod, remainder not a number');
  const by = BigInt(Math.trunc(divisor));
  const rest = BigInt(Math.trunc(remainder));
  if (by === 0n) throw badValue('divisor cannot be 0');
  return (value) => {
    if (value instanceof Decimal128) throw notImplemented('$mod of a decimal');
    const number = value instanceof Long ? value.toBigInt() : wholePart(value);
    return number !== undefined && number % by === rest;
  };
}

function wholePart(value: unknown): bigint | undefined {
  const number = typeof value === 'number' || value instanceof Double ? toNumber(value) : undefined;
  return number !== undefined && Number.isFinite(number) ? BigInt(Math.trunc(number)) : undefined;
}
