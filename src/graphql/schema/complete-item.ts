import {
  GRAPHQL_MAX_INT,
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  GraphQLString,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
} from 'graphql';
import type { StoredDocument } from '../../database/collection-source.js';
import type { CompletedItem, CompleteItem } from '../../page/sources/section-reader.js';
import type { Item } from '../../page/sources/section-source.js';

/** A stored value as its GraphQL type wants it; null for what is missing or of another type. */
type Complete = (value: unknown) => unknown;

/** What a non-null field lacks; costs the nearest nullable thing around it, as in GraphQL's own execution. */
class MissingValue extends Error {
  /** Where it is within the item, from the inside out. */
  readonly path: string[] = [];

  constructor(
    readonly expected: string,
    readonly found: unknown,
  ) {
    super(`no ${expected}`);
    this.name = 'MissingValue';
  }
}

/** Values of fields, at the top of an item, of documents that have none. */
export type ItemDefaults = Readonly<Record<string, unknown>>;

/**
 * Completes documents to items by the schema: exactly the fields of the type, `id` from `_id`, leaves serialised once, made of
 * JSON alone.
 * GraphQL can then never fail on a value of an item, so a malformed document costs itself and not its section.
 */
export function createItemCompleter(schema: GraphQLSchema, defaults: ItemDefaults = {}): CompleteItem {
  const compiled = new Map<GraphQLObjectType, Complete>();

  const completeObject = (type: GraphQLObjectType): Complete => {
    const known = compiled.get(type);
    if (known !== undefined) return known;
    const fields = Object.values(type.getFields()).map((field) => {
      const stored = field.name === 'id' ? '_id' : field.name;
      return { name: field.name, stored, complete: located(stored, completeValue(field.type)) };
    });
    const complete: Complete = (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
      const document = value as StoredDocument;
      const completed: Record<string, unknown> = {};
      for (const { name, stored, complete } of fields) completed[name] = complete(document[stored]);
      return completed;
    };
    compiled.set(type, complete);
    return complete;
  };

  const completeValue = (type: GraphQLOutputType): Complete => {
    if (isNonNullType(type)) return nonNull(completeNullable(type.ofType), String(type.ofType));
    return nullable(completeNullable(type));
  };

  const completeNullable = (type: GraphQLOutputType): Complete => {
    if (isListType(type)) {
      const complete = completeValue(type.ofType);
      return (value) => (Array.isArray(value) ? value.map((element) => complete(element)) : null);
    }
    if (isObjectType(type)) return completeObject(type);
    if (isLeafType(type)) {
      const isSerialised = serialisedAlready.get(type.name) ?? (() => false);
      return (value) => (isSerialised(value) ? value : serialised(type, value));
    }
    throw new TypeError(`an item cannot hold the abstract type ${String(type)}`);
  };

  const defaulted = Object.entries(defaults);
  const withDefaults = (document: StoredDocument): StoredDocument => {
    const missing = defaulted.filter(([name]) => document[name] === undefined || document[name] === null);
    return missing.length === 0 ? document : { ...document, ...Object.fromEntries(missing) };
  };

  return (type, document): CompletedItem => {
    const name = type().name;
    const objectType = schema.getType(name);
    if (!isObjectType(objectType)) throw new TypeError(`${name} is no object type of the schema`);
    try {
      return { item: completeObject(objectType)(withDefaults(document)) as Item };
    } catch (error) {
      if (!(error instanceof MissingValue)) throw error;
      const { path, expected, found } = error;
      return { fault: { field: [...path].reverse().join('.'), expected, found: described(found) } };
    }
  };
}

const nonNull =
  (complete: Complete, expected: string): Complete =>
  (value) => {
    const completed = complete(value);
    if (completed === null) throw new MissingValue(expected, value);
    return completed;
  };

const nullable =
  (complete: Complete): Complete =>
  (value) => {
    try {
      return complete(value);
    } catch (error) {
      if (error instanceof MissingValue) return null;
      throw error;
    }
  };

/** Says of a missing value in which field it is. */
const located =
  (field: string, complete: Complete): Complete =>
  (value) => {
    try {
      return complete(value);
    } catch (error) {
      if (error instanceof MissingValue) error.path.push(field);
      throw error;
    }
  };

/**
 * GraphQL's numbers would take `true` for 1 and text for the number that it spells. A price that is stored as either is a
 * mistake of the writer, and what it means is a guess: it counts as missing.
 */
const isNumeric = (type: GraphQLLeafType) => type === GraphQLFloat || type === GraphQLInt;

/** What most of a document is made of, by GraphQL's own scalar: it serialises them to themselves, at some cost. */
const serialisedAlready: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  [GraphQLString.name, isText],
  [GraphQLID.name, isText],
  [GraphQLBoolean.name, (value: unknown) => typeof value === 'boolean'],
  [GraphQLFloat.name, (value: unknown) => Number.isFinite(value)],
  [GraphQLInt.name, (value: unknown) => Number.isInteger(value) && Math.abs(Number(value)) <= GRAPHQL_MAX_INT],
]);

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function serialised(type: GraphQLLeafType, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (isNumeric(type) && typeof value !== 'number') return null;
  try {
    const leaf = type.serialize(value);
    if (isSpecifiedScalarType(type)) return leaf;
    // Of what a scalar answers as an object, only that counts which JSON says of it.
    const json: unknown = typeof leaf === 'object' ? JSON.parse(JSON.stringify(leaf)) : leaf;
    // What is answered is serialised once more: a date beyond the year 9999 has a text that no date has.
    type.serialize(json);
    return json;
  } catch {
    return null;
  }
}

/** The longest part of a stored text that a log line repeats. */
const MAX_TEXT = 40;

/** What was found, for the log: its type, and the value where that is short. */
function described(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (typeof value === 'string') return `text ${JSON.stringify(value.slice(0, MAX_TEXT))}`;
  if (typeof value === 'number' || typeof value === 'boolean') return `${typeof value} ${value}`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (value instanceof Date) return `date ${Number.isNaN(value.getTime()) ? 'that is invalid' : value.toISOString()}`;
  return 'a document';
}
