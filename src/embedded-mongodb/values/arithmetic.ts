import { Long } from 'bson';
import { type BsonNumber, numberType, storedDouble, toNumber } from './bson-values.js';
import { calculateDecimal, toDecimal } from './decimal.js';
import { badValue } from './mongo-errors.js';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

type Operation = 'add' | 'subtract' | 'multiply';

/**
 * MongoDB's arithmetic: int32s that overflow become int64s, anything with a double becomes a double, anything with a decimal a
 * decimal. An int64 that overflows is handed to `overflow`.
 */
export function calculate(operation: Operation, a: BsonNumber, b: BsonNumber, overflow: () => BsonNumber): BsonNumber {
  const typeA = numberType(a);
  const typeB = numberType(b);
  if (typeA === 'decimal' || typeB === 'decimal') return calculateDecimal(operation, toDecimal(a), toDecimal(b));
  if (typeA === 'double' || typeB === 'double') {
    return storedDouble(plain(operation, toNumber(a) ?? Number.NaN, toNumber(b) ?? Number.NaN));
  }
  const result = whole(operation, bigintOf(a), bigintOf(b));
  if (result > INT64_MAX || result < INT64_MIN) return overflow();
  const long = typeA === 'long' || typeB === 'long' || numberType(Number(result)) !== 'int';
  return long ? Long.fromBigInt(result) : Number(result);
}

/** For updates: an int64 that overflows is an error there. */
export function calculateForUpdate(operation: Operation, a: BsonNumber, b: BsonNumber, operator: string): BsonNumber {
  return calculate(operation, a, b, () => {
    throw badValue(`Failed to apply ${operator} operations to current value (${a}) for document: integer overflow`);
  });
}

/** For expressions: an int64 that overflows goes on as a double there. */
export function calculateAsExpression(operation: Operation, a: BsonNumber, b: BsonNumber): BsonNumber {
  return calculate(operation, a, b, () =>
    storedDouble(plain(operation, toNumber(a) ?? Number.NaN, toNumber(b) ?? Number.NaN)),
  );
}

function plain(operation: Operation, a: number, b: number): number {
  if (operation === 'multiply') return a * b;
  return operation === 'add' ? a + b : a - b;
}

function whole(operation: Operation, a: bigint, b: bigint): bigint {
  if (operation === 'multiply') return a * b;
  return operation === 'add' ? a + b : a - b;
}

const bigintOf = (value: BsonNumber): bigint =>
  value instanceof Long ? value.toBigInt() : BigInt(toNumber(value) ?? 0);
