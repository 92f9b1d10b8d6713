import { compileFilter } from '../query/filter.js';
import { isOperatorDoc, isTrue } from '../query/filter-operators.js';
import type { IndexSpecification } from '../storage/collection.js';
import { type Doc, isBsonNumber, isDoc, regexParts, toNumber } from '../values/bson-values.js';
import { badValue, CommandError, notImplemented, typeMismatch } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';

const options = new Set([
  ...[
    'v',
    'key',
    'name',
    'unique',
    'sparse',
    'background',
    'partialFilterExpression',
    '2dsphereIndexVersion',
    'hidden',
  ],
  'expireAfterSeconds',
]);
const unsupportedOptions = new Set([
  ...['collation', 'weights', 'default_language', 'language_override', 'textIndexVersion', 'bits', 'min', 'max'],
  ...['bucketSize', 'storageEngine', 'wildcardProjection', 'prepareUnique', 'clustered'],
]);
const flags = ['unique', 'sparse', 'hidden'];
/** What the index on `_id` may say of itself. */
const idIndexOptions = new Set(['v', 'key', 'name', 'background']);
const INT32_MAX = 0x7fffffff;

/** CannotCreateIndex (67). */
const cannotCreate = (message: string): CommandError => new CommandError(67, message);

/** One of `createIndexes`' specifications, as `listIndexes` shows it. Refuses what MongoDB refuses, with its codes. */
export function parseIndex(given: Doc): IndexSpecification {
  const { key, name, v, expireAfterSeconds, partialFilterExpression } = given;
  if (!isDoc(key)) throw new CommandError(9, "The 'key' field is a required property of an index specification");
  if (Object.keys(key).length === 0) throw cannotCreate('Index keys cannot be an empty object');
  if (typeof name !== 'string')
    throw new CommandError(9, "The 'name' field is a required property of an index specification");
  if (name === '') throw cannotCreate('index names cannot be empty');
  if (name === '*') throw badValue("The index name '*' is not valid.");
  for (const option of Object.keys(given)) checkOption(option, given);
  for (const [path, type] of Object.entries(key)) checkKey(path, type);
  if (v !== undefined && toNumber(v) !== 2)
    throw toNumber(v) === 1
      ? notImplemented('An index of version 1')
      : cannotCreate(`cannot create an index with v=${String(v)}`);
  if (Object.keys(key).join() === '_id') checkIdIndex(given, key);
  if (partialFilterExpression !== undefined) checkPartialFilter(partialFilterExpression, given);
  if (expireAfterSeconds !== undefined) checkExpiry(expireAfterSeconds, key);
  return {
    v: 2,
    key,
    name,
    ...Object.fromEntries(flags.filter((flag) => isTrue(given[flag])).map((flag) => [flag, true])),
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    ...(expireAfterSeconds === undefined ? {} : { expireAfterSeconds }),
    ...(Object.values(key).includes('2dsphere') ? { '2dsphereIndexVersion': 3 } : {}),
  };
}

function checkOption(option: string, given: Doc): void {
  const value = given[option];
  if (unsupportedOptions.has(option)) throw notImplemented(`An index with ${option}`);
  if (!options.has(option)) {
    throw new CommandError(
      197,
      `The field '${option}' is not valid for an index specification. Specification: ${JSON.stringify(given)}`,
    );
  }
  if (flags.includes(option) && typeof value !== 'boolean' && !isBsonNumber(value)) {
    throw typeMismatch(`The field '${option}' has value of type ${typeAlias(value)}, which is not convertible to bool`);
  }
}

function checkKey(path: string, type: unknown): void {
  const parts = path.split('.');
  if (path === '' || parts.includes('')) throw cannotCreate('Index keys cannot be an empty field.');
  if (parts.at(-1) === '$**') throw notImplemented('A wildcard index');
  // The fields of a DBRef may be indexed.
  if (parts.some((part, i) => part.startsWith('$') && (i === 0 || !['$ref', '$id', '$db'].includes(part))))
    throw cannotCreate(`Index key contains an illegal field name: field name starts with '$': ${path}`);
  if (type === '2dsphere') return;
  if (['text', '2d', 'hashed', 'geoHaystack'].includes(String(type)))
    throw notImplemented(`An index of type ${String(type)}`);
  if (typeof type === 'string') throw cannotCreate(`Unknown index plugin '${type}'`);
  const direction = toNumber(type);
  if (direction === undefined || direction === 0 || Number.isNaN(direction)) {
    throw cannotCreate(
      `Values in v:2 index key pattern cannot be of that type or value. Only numbers > 0, numbers < 0, and strings are allowed: ${path}`,
    );
  }
}

function checkIdIndex(given: Doc, key: Doc): void {
  if (isTrue(given.sparse)) throw cannotCreate('_id index cannot be sparse');
  if (given.partialFilterExpression !== undefined) throw cannotCreate('_id index cannot be a partial index');
  if (toNumber(key._id) !== 1) throw badValue("The field 'key' for an _id index must be {_id: 1}");
  const option = Object.keys(given).find((name) => !idIndexOptions.has(name));
  if (option !== undefined)
    throw new CommandError(197, `The field '${option}' is not valid for an _id index specification`);
}

function checkExpiry(value: unknown, key: Doc): void {
  if (!isBsonNumber(value)) throw typeMismatch("The field 'expireAfterSeconds' must be a number");
  const seconds = toNumber(value) ?? Number.NaN;
  if (!(seconds >= 0 && seconds <= INT32_MAX))
    throw cannotCreate('TTL index expireAfterSeconds option must be within an acceptable range');
  if (Object.keys(key).length > 1)
    throw cannotCreate('TTL indexes are single-field indexes, compound indexes do not support TTL');
}

const partialOperators = new Set(['$eq', '$in', '$lt', '$lte', '$gt', '$gte', '$type', '$geoWithin']);

function checkPartialFilter(filter: unknown, { sparse }: Doc): void {
  if (!isDoc(filter)) throw typeMismatch("The field 'partialFilterExpression' value must be an object");
  if (isTrue(sparse)) throw cannotCreate('cannot mix "partialFilterExpression" and "sparse" options');
  if ('$expr' in filter) throw new CommandError(224, '$expr is not allowed in this context');
  compileFilter(filter);
  if (!isPartialFilter(filter)) throw cannotCreate('unsupported expression in partial index');
}

/** Only expressions of which MongoDB can tell that one filter's matches include another's. */
function isPartialFilter(filter: unknown): boolean {
  if (!isDoc(filter)) return false;
  return Object.entries(filter).every(([field, value]) => {
    if (field === '$and' || field === '$or') return Array.isArray(value) && value.every(isPartialFilter);
    if (field.startsWith('$') || regexParts(value)) return false;
    if (!isOperatorDoc(value)) return true;
    return Object.entries(value).every(([operator, operand]) =>
      operator === '$exists' ? isTrue(operand) : partialOperators.has(operator),
    );
  });
}
