import { Decimal128, Long } from 'bson';
import { type BsonNumber, numberType, storedDouble, toNumber } from '../values/bson-values.js';
import { calculateDecimal, toDecimal } from '../values/decimal.js';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** The sum of a group's numbers, as `$sum` and `$avg` take it. */
export interface Sum {
  add(value: BsonNumber): void;
  /** Of the widest type that was added; integers that overflow an int64 become a double. */
  total(): BsonNumber;
  average(): BsonNumber | null;
}

/**
 * Adds integers exactly, decimals to 34 digits, and doubles with the error of each addition carried along (the compensated
 * summation of Knuth and Neumaier), as MongoDB does: ten times 0.1 are 1.
 */
export function createSum(): Sum {
  let count = 0;
  let integers = 0n;
  let long = false;
  let doubles: { sum: number; error: number; plain: number } | undefined;
  let decimals: Decimal128 | undefined;

  function addDouble(value: number): void {
    const before = doubles ?? { sum: 0, error: 0, plain: 0 };
    const sum = before.sum + value;
    const shifted = sum - before.sum;
    const error = before.error + (before.sum - (sum - shifted) + (value - shifted));
    // Once an infinity or NaN is in it, the errors mean nothing and the plain sum counts.
    doubles = { sum, error, plain: before.plain + value };
  }

  function doubleTotal(): number {
    const whole = Number(integers);
    const rest = Number(integers - BigInt(whole));
    const { sum, error, plain } = doubles ?? { sum: 0, error: 0, plain: 0 };
    if (!Number.isFinite(sum + error)) return plain;
    if (whole === 0) return sum + error;
    const all = sum + whole;
    const shifted = all - sum;
    return all + (error + rest + (sum - (all - shifted) + (whole - shifted)));
  }

  function decimalTotal(known: Decimal128): Decimal128 {
    const { sum, error, plain } = doubles ?? { sum: 0, error: 0, plain: 0 };
    const parts = Number.isFinite(sum + error) ? [sum, error] : [plain];
    return [Decimal128.fromString(String(integers)), ...parts.map((part) => toDecimal(storedDouble(part), 34))].reduce(
      (total, part) => calculateDecimal('add', total, part),
      known,
    );
  }

  return {
    add: (value) => {
      count += 1;
      const type = numberType(value);
      if (value instanceof Decimal128) decimals = decimals ? calculateDecimal('add', decimals, value) : value;
      else if (type === 'double') addDouble(toNumber(value) ?? Number.NaN);
      else {
        integers += BigInt(String(value));
        long ||= type === 'long';
      }
    },
    total: () => {
      if (decimals) return decimalTotal(decimals);
      if (doubles || integers > INT64_MAX || integers < INT64_MIN) return storedDouble(doubleTotal());
      return long || numberType(Number(integers)) !== 'int' ? Long.fromBigInt(integers) : Number(integers);
    },
    average: () => {
      if (count === 0) return null;
      if (decimals) return calculateDecimal('divide', decimalTotal(decimals), Decimal128.fromString(String(count)));
      return storedDouble(doubleTotal() / count);
    },
  };
}
