import { Decimal128, Long, Timestamp } from 'bson';
import { calculateForUpdate } from '../values/arithmetic.js';
import { encode } from '../values/bson-codec.js';
import { type BsonNumber, type Doc, isBsonNumber, isDoc, numberType, storedDouble } from '../values/bson-values.js';
import { compareBson } from '../values/compare.js';
import { badValue, type CommandError, failedToParse, typeMismatch } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';
import { type ArrayUpdate, arrayUpdates } from './array-updates.js';
import { copyDeep, findPlace, type Place } from './update-paths.js';

/** What an update knows of its circumstances. */
export interface UpdateContext {
  /** The document is one that an upsert inserts. */
  readonly inserting: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Changes a private copy of a document; answers the paths that change events report. */
export type Change = (root: Doc, context: UpdateContext) => readonly string[];

/** Is it an update operator that is served? */
export const isUpdateOperator = (operator: string): boolean =>
  Object.hasOwn(fieldUpdates, operator) || Object.hasOwn(arrayUpdates, operator);

/** Compiles one operator on one path. Throws FailedToParse (9) for operators that are not served. */
export function compileChange(operator: string, path: string, operand: unknown): Change {
  const compileArray = Object.hasOwn(arrayUpdates, operator) ? arrayUpdates[operator] : undefined;
  if (compileArray) return arrayChange(operator, path, compileArray(operand));
  const compileField = fieldUpdates[operator];
  if (!compileField) throw failedToParse(`Unknown modifier: ${operator}`);
  return compileField(path, operand);
}

function arrayChange(operator: string, path: string, update: ArrayUpdate): Change {
  const writes = operator === '$push' || operator === '$addToSet';
  return (root) => {
    const place = findPlace(root, path, writes);
    if (!place || (place.value === undefined && !writes)) return [];
    const old = place.value;
    if (old !== undefined && !Array.isArray(old)) throw notAnArray(operator, path, old, root);
    const change = update(old ?? [], old !== undefined);
    if (!change) return [];
    place.set(change.array);
    if (!change.appended || !old) return [place.reported];
    return change.array.slice(old.length).map((_, i) => `${path}.${old.length + i}`);
  };
}

function notAnArray(operator: string, path: string, value: unknown, root: Doc): CommandError {
  const type = typeAlias(value);
  if (operator === '$push') {
    return badValue(
      `The field '${path}' must be an array but is of type ${type} in document {_id: ${String(root._id)}}`,
    );
  }
  if (operator === '$addToSet')
    return badValue(`Cannot apply $addToSet to non-array field. Field named '${path}' has non-array type ${type}`);
  if (operator === '$pop') return typeMismatch(`Path '${path}' contains an element of non-array type '${type}'`);
  return badValue(`Cannot apply ${operator} to a non-array value`);
}

/** Sets the value that `next` makes of the old one; undefined leaves it alone. */
const setting =
  (next: (old: unknown, context: UpdateContext, root: Doc) => unknown) =>
  (path: string): Change =>
  (root, context) => {
    const place = findPlace(root, path, true);
    const value = place && next(place.value, context, root);
    return place && value !== undefined ? write(place, value) : [];
  };

function write(place: Place, value: unknown): readonly string[] {
  if (place.value !== undefined && identical({ value }, { value: place.value })) return [];
  place.set(copyDeep(value));
  return [place.reported];
}

const fieldUpdates: Readonly<Record<string, (path: string, operand: unknown) => Change>> = {
  $set: (path, operand) => setting(() => operand)(path),
  $setOnInsert: (path, operand) => {
    const set = setting(() => operand)(path);
    return (root, context) => (context.inserting ? set(root, context) : []);
  },
  $unset: (path) => (root) => {
    const place = findPlace(root, path, false);
    if (place?.value === undefined) return [];
    place.remove();
    return [path];
  },
  $inc: (path, operand) => calculating(path, operand, 'add'),
  $mul: (path, operand) => calculating(path, operand, 'multiply'),
  $min: (path, operand) =>
    setting((old) => (old === undefined || compareBson(operand, old) < 0 ? operand : undefined))(path),
  $max: (path, operand) =>
    setting((old) => (old === undefined || compareBson(operand, old) > 0 ? operand : undefined))(path),
  $currentDate: (path, operand) => {
    const type = isDoc(operand) && Object.keys(operand).join() === '$type' ? operand.$type : operand;
    if (type === 'timestamp')
      return setting((_old, { now }) => new Timestamp({ t: Math.floor(now / 1000), i: 1 }))(path);
    if (typeof operand === 'boolean' || type === 'date') return setting((_old, { now }) => new Date(now))(path);
    throw badValue(
      `${typeAlias(operand)} is not valid type for $currentDate. Please use a boolean ('true') or a $type expression ({$type: 'timestamp/date'}).`,
    );
  },
  $rename: compileRename,
  $bit: compileBit,
};

function calculating(path: string, operand: unknown, operation: 'add' | 'multiply'): Change {
  const [operator, verb] = operation === 'add' ? ['$inc', 'increment'] : ['$mul', 'multiply'];
  if (!isBsonNumber(operand))
    throw typeMismatch(`Cannot ${verb} with non-numeric argument: {${path}: ${String(operand)}}`);
  return setting((old, _context, root) => {
    if (old === undefined) return operation === 'add' ? operand : zeroOf(operand);
    if (isBsonNumber(old)) return calculateForUpdate(operation, old, operand, operator ?? '');
    throw typeMismatch(
      `Cannot apply ${operator} to a value of non-numeric type. {_id: ${String(root._id)}} has the field '${path.split('.').at(-1)}' of non-numeric type ${typeAlias(old)}`,
    );
  })(path);
}

function zeroOf(number: BsonNumber): BsonNumber {
  const type = numberType(number);
  if (type === 'long') return Long.ZERO;
  if (type === 'decimal') return Decimal128.fromString('0');
  return type === 'double' ? storedDouble(0) : 0;
}

function compileRename(path: string, operand: unknown): Change {
  if (typeof operand !== 'string')
    throw badValue(`The 'to' field for $rename must be a string: ${path}: ${String(operand)}`);
  return (root) => {
    const source = findPlace(root, path, false);
    if (source?.value === undefined) return [];
    for (const one of [path, operand]) {
      const prefixes = one
        .split('.')
        .slice(0, -1)
        .map((_, i, parts) => parts.slice(0, i + 1).join('.'));
      if (prefixes.some((prefix) => Array.isArray(findPlace(root, prefix, false)?.value))) {
        throw badValue(
          `The ${one === path ? 'source' : 'destination'} field cannot be an array element, '${one}' in doc with _id: ${String(root._id)}`,
        );
      }
    }
    const value = source.value;
    source.remove();
    const target = findPlace(root, operand, true);
    target?.set(value);
    return [path, ...(target ? [target.reported] : [])];
  };
}

function compileBit(path: string, operand: unknown): Change {
  const steps = isDoc(operand) ? Object.entries(operand) : [];
  if (steps.length === 0)
    throw badValue('You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}');
  const operations = steps.map(([name, value]) => {
    if (!['and', 'or', 'xor'].includes(name))
      throw badValue(
        `The $bit modifier only supports 'and', 'or', and 'xor', not '${name}' which is an unknown operator: {${name}: ${String(value)}}`,
      );
    const isWhole = isBsonNumber(value) && ['int', 'long'].includes(numberType(value));
    if (!isWhole)
      throw badValue(
        `The $bit modifier field must be an Integer(32/64 bit); a '${typeAlias(value)}' is not supported here: {${name}: ${String(value)}}`,
      );
    return { name, value };
  });
  return setting((old) => {
    if (old !== undefined && !(isBsonNumber(old) && ['int', 'long'].includes(numberType(old)))) {
      throw badValue(`Cannot apply $bit to a value of non-integral type`);
    }
    return operations.reduce<BsonNumber>(
      (total, { name, value }) => bitwise(name, total, value),
      isBsonNumber(old) ? old : 0,
    );
  })(path);
}

function bitwise(name: string, a: BsonNumber, b: BsonNumber): BsonNumber {
  const [x, y] = [BigInt(String(a)), BigInt(String(b))];
  const result = BigInt.asIntN(64, name === 'and' ? x & y : name === 'or' ? x | y : x ^ y);
  return a instanceof Long || b instanceof Long ? Long.fromBigInt(result) : Number(result);
}

/** The same bytes: other than equality, this tells 5 from 5.0, as an update must. */
export function identical(a: Doc, b: Doc): boolean {
  return Buffer.compare(encode(a), encode(b)) === 0;
}
