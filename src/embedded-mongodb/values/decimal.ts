import { Decimal128 } from 'bson';
import { type BsonNumber, numberType, toNumber } from './bson-values.js';

/** A decimal number: coefficient × 10^exponent. */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

const DIGITS = 34;
const MIN_EXPONENT = -6176;
const MAX_EXPONENT = 6111;

/** Reads what `Decimal128.toString` writes; undefined for NaN and the infinities. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^(-?)(\d*)\.?(\d*)(?:E([+-]?\d+))?$/i.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', decimals = '', exponent = '0'] = match;
  return { coefficient: BigInt(`${sign}${whole}${decimals}` || '0'), exponent: Number(exponent) - decimals.length };
}

/**
 * Any number as a decimal. A double keeps `significant` digits: MongoDB takes 15 where it calculates with two operands, and all
 * that fit (34) where it adds up a group.
 */
export function toDecimal(value: BsonNumber, significant: 15 | 34 = 15): Decimal128 {
  if (value instanceof Decimal128) return value;
  if (numberType(value) !== 'double') return Decimal128.fromString(String(value));
  const number = toNumber(value) ?? Number.NaN;
  if (!Number.isFinite(number)) return Decimal128.fromString(String(number));
  const digits = number.toPrecision(significant);
  const exact = significant === 34 && digits.includes('.') ? digits.replace(/\.?0+(?=e|$)/, '') : digits;
  return Decimal128.fromString(exact);
}

/** IEEE 754-2008 decimal arithmetic to 34 digits, halves to even, as MongoDB calculates with Decimal128. */
export function calculateDecimal(
  operation: 'add' | 'subtract' | 'multiply' | 'divide',
  left: Decimal128,
  right: Decimal128,
): Decimal128 {
  const a = parseDecimal(left.toString());
  const b = parseDecimal(right.toString());
  if (!a || !b || (operation === 'divide' && b.coefficient === 0n)) return calculateNonFinite(operation, left, right);
  if (operation === 'multiply') {
    return rounded({ coefficient: a.coefficient * b.coefficient, exponent: a.exponent + b.exponent });
  }
  if (operation === 'divide') return rounded(quotient(a, b));
  const exponent = Math.min(a.exponent, b.exponent);
  const x = a.coefficient * 10n ** BigInt(a.exponent - exponent);
  const y = b.coefficient * 10n ** BigInt(b.exponent - exponent);
  return rounded({ coefficient: operation === 'add' ? x + y : x - y, exponent });
}

/** To more digits than are kept; what does not come out even ends in a 1, so that it is never taken for a half. */
function quotient(a: Decimal, b: Decimal): Decimal {
  const ideal = a.exponent - b.exponent;
  const shift = DIGITS + 2 + String(b.coefficient).length;
  const scaled = a.coefficient * 10n ** BigInt(shift);
  let coefficient = scaled / b.coefficient;
  let exponent = ideal - shift;
  if (scaled % b.coefficient !== 0n) {
    const negative = scaled < 0n !== b.coefficient < 0n;
    return { coefficient: coefficient * 10n + (negative ? -1n : 1n), exponent: exponent - 1 };
  }
  while (exponent < ideal && coefficient % 10n === 0n) {
    coefficient /= 10n;
    exponent += 1;
  }
  return { coefficient, exponent };
}

function rounded({ coefficient, exponent }: Decimal): Decimal128 {
  const digits = String(coefficient < 0n ? -coefficient : coefficient).length;
  const excess = Math.max(digits - DIGITS, MIN_EXPONENT - exponent);
  if (excess > 0) {
    const kept = roundedHalfEven(coefficient, 10n ** BigInt(excess));
    // Rounding 99…9 up makes it one digit longer.
    const longer = String(kept < 0n ? -kept : kept).length > DIGITS;
    return rounded(
      longer
        ? { coefficient: kept / 10n, exponent: exponent + excess + 1 }
        : { coefficient: kept, exponent: exponent + excess },
    );
  }
  if (exponent > MAX_EXPONENT && coefficient !== 0n) {
    const room = DIGITS - digits;
    const down = exponent - MAX_EXPONENT;
    if (down > room) return Decimal128.fromString(coefficient < 0n ? '-Infinity' : 'Infinity');
    return Decimal128.fromString(`${coefficient * 10n ** BigInt(down)}E${MAX_EXPONENT}`);
  }
  return Decimal128.fromString(`${coefficient}E${Math.min(exponent, MAX_EXPONENT)}`);
}

function roundedHalfEven(coefficient: bigint, divisor: bigint): bigint {
  const sign = coefficient < 0n ? -1n : 1n;
  const size = coefficient * sign;
  const whole = size / divisor;
  const twice = (size % divisor) * 2n;
  const up = twice > divisor || (twice === divisor && whole % 2n === 1n);
  return sign * (up ? whole + 1n : whole);
}

/** With an infinity or NaN, only the signs of finite numbers count. */
function calculateNonFinite(
  operation: 'add' | 'subtract' | 'multiply' | 'divide',
  left: Decimal128,
  right: Decimal128,
): Decimal128 {
  const [a, b] = [left, right].map((value) => {
    const finite = parseDecimal(value.toString());
    return finite ? Number(finite.coefficient > 0n) - Number(finite.coefficient < 0n) : Number(value.toString());
  });
  const [x = Number.NaN, y = Number.NaN] = [a, b];
  const results = { add: x + y, subtract: x - y, multiply: x * y, divide: x / y };
  return Decimal128.fromString(String(results[operation]));
}
