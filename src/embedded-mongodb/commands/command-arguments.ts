import { Long } from 'bson';
import { type Doc, isBsonNumber, isDoc, toNumber } from '../values/bson-values.js';
import { badValue, CommandError, notImplemented, typeMismatch } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';

/** Fields that every command may have. */
const commonFields = [
  ...['lsid', 'txnNumber', 'autocommit', 'startTransaction', 'maxTimeMS', 'comment', 'readConcern', 'writeConcern'],
  ...['apiVersion', 'apiStrict', 'apiDeprecationErrors'],
];

/** Refuses (40415) a command with fields that it hasn't got; those with a leading `$` are the protocol's own. */
export function checkFields(command: Doc, allowed: readonly string[]): void {
  const [name = ''] = Object.keys(command);
  if (isDoc(command.readConcern) && command.readConcern.level === 'snapshot')
    throw notImplemented('The read concern snapshot');
  for (const field of Object.keys(command)) {
    if (field === name || field.startsWith('$') || commonFields.includes(field) || allowed.includes(field)) continue;
    if (field === 'collation' || field === 'let') throw notImplemented(`The option ${field}`);
    throw new CommandError(40415, `BSON field '${name}.${field}' is an unknown field.`);
  }
}

/** As `checkFields`, for the statements inside a command, such as `update.updates`. */
export function checkStatement(statement: Doc, path: string, allowed: readonly string[]): void {
  for (const field of Object.keys(statement)) {
    if (allowed.includes(field)) continue;
    if (field === 'collation' || field === 'c' || field === 'arrayFilters') throw notImplemented(`The option ${field}`);
    throw new CommandError(40415, `BSON field '${path}.${field}' is an unknown field.`);
  }
}

/** The collection that a command names. Refuses (73, 14) other values. */
export function collectionName(command: Doc): string {
  const [name = ''] = Object.keys(command);
  const value = command[name];
  if (typeof value !== 'string') {
    throw new CommandError(73, `collection name has invalid type ${typeAlias(value)}`);
  }
  if (value === '') throw new CommandError(73, 'Invalid namespace specified: empty collection name');
  return value;
}

/** A document, or undefined where the field is missing. */
export function docField(command: Doc, field: string): Doc | undefined {
  const value = command[field];
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) throw wrongType(command, field, value, 'object');
  return value;
}

/** A list of documents that has to be there. */
export function docsField(command: Doc, field: string): Doc[] {
  const value = command[field];
  const [name] = Object.keys(command);
  if (value === undefined)
    throw new CommandError(40414, `BSON field '${name}.${field}' is missing but a required field`);
  if (!Array.isArray(value)) throw wrongType(command, field, value, 'array');
  return value.map((element, i) => {
    if (!isDoc(element)) throw wrongType(command, `${field}.${i}`, element, 'object');
    return element;
  });
}

/** A boolean (numbers count, as they do in MongoDB), or undefined where the field is missing. */
export function booleanField(command: Doc, field: string): boolean | undefined {
  const value = command[field];
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') return value;
  if (isBsonNumber(value)) return toNumber(value) !== 0;
  throw wrongType(command, field, value, 'bool');
}

/** A whole number, or undefined where the field is missing. */
export function integerField(command: Doc, field: string, min = Number.NEGATIVE_INFINITY): number | undefined {
  const value = command[field];
  if (value === undefined || value === null) return undefined;
  const number = toNumber(value);
  if (number === undefined) throw wrongType(command, field, value, 'long');
  if (!Number.isInteger(number)) throw badValue(`Expected an integer: ${field}: ${number}`);
  if (number < min) {
    throw new CommandError(51024, `BSON field '${field}' value must be >= ${min}, actual value '${number}'`);
  }
  return number;
}

/** An int64 such as a cursor's id. */
export function longField(value: unknown, field: string): Long {
  if (value instanceof Long) return value;
  const number = toNumber(value);
  if (number === undefined)
    throw typeMismatch(`BSON field '${field}' is the wrong type '${typeAlias(value)}', expected type 'long'`);
  return Long.fromNumber(number);
}

function wrongType(command: Doc, field: string, value: unknown, expected: string): CommandError {
  const [name] = Object.keys(command);
  return typeMismatch(
    `BSON field '${name}.${field}' is the wrong type '${typeAlias(value)}', expected type '${expected}'`,
  );
}
