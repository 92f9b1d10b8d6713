import { Decimal128, Long } from 'mongodb';

/**
 * A document whose numbers are JavaScript's, of whichever BSON type they are stored: the driver leaves Decimal128, and int64
 * beyond 2^53, as objects. They are rounded to the nearest double, as JSON's readers do.
 */
export function withPlainNumbers<Stored extends object>(document: Stored): Stored {
  return plain(document) as Stored;
}

function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Decimal128) return Number(value.toString());
  if (value instanceof Long) return value.toNumber();
  if (Array.isArray(value)) return value.map(plain);
  if (!isPlainObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
}

/** A nested document, and not a date, an ObjectId or another of BSON's types. */
function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
