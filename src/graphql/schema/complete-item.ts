import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { StoredDocument } from '../../database/collection-source.js';
import type { CompleteItem } from '../../page/section-reader.js';
import type { Item } from '../../page/section-source.js';

/** A stored value as its GraphQL type wants it; null for what is missing or of another type. */
type Complete = (value: unknown) => unknown;

/** What a non-null field lacks; costs the nearest nullable thing around it, as in GraphQL's own execution. */
class MissingValue extends Error {}

/**
 * Completes documents to items by the schema: exactly the fields of the type, `id` from `_id`, leaves serialised once.
 * GraphQL can then never fail on a value of an item, so a malformed document costs itself and not its section.
 */
export function createItemCompleter(schema: GraphQLSchema): CompleteItem {
  const compiled = new Map<GraphQLObjectType, Complete>();

  const completeObject = (type: GraphQLObjectType): Complete => {
    const known = compiled.get(type);
    if (known !== undefined) return known;
    const fields = Object.values(type.getFields()).map((field) => ({
      name: field.name,
      stored: field.name === 'id' ? '_id' : field.name,
      complete: completeValue(field.type),
    }));
    const complete: Complete = (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
      const document = value as StoredDocument;
      return Object.fromEntries(fields.map(({ name, stored, complete }) => [name, complete(document[stored])]));
    };
    compiled.set(type, complete);
    return complete;
  };

  const completeValue = (type: GraphQLOutputType): Complete => {
    if (isNonNullType(type)) return nonNull(completeNullable(type.ofType));
    return nullable(completeNullable(type));
  };

  const completeNullable = (type: GraphQLOutputType): Complete => {
    if (isListType(type)) {
      const complete = completeValue(type.ofType);
      return (value) => (Array.isArray(value) ? value.map(complete) : null);
    }
    if (isObjectType(type)) return completeObject(type);
    if (isLeafType(type)) return (value) => serialised(type.serialize.bind(type), value);
    throw new TypeError(`an item cannot hold the abstract type ${String(type)}`);
  };

  return (type, document) => {
    const name = type().name;
    const objectType = schema.getType(name);
    if (!isObjectType(objectType)) throw new TypeError(`${name} is no object type of the schema`);
    try {
      return completeObject(objectType)(document) as Item;
    } catch (error) {
      if (error instanceof MissingValue) return undefined;
      throw error;
    }
  };
}

const nonNull =
  (complete: Complete): Complete =>
  (value) => {
    const completed = complete(value);
    if (completed === null) throw new MissingValue();
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

function serialised(serialize: (value: unknown) => unknown, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  try {
    const leaf = serialize(value);
    const json = leaf instanceof Date ? leaf.toISOString() : leaf;
    // What is answered is serialised once more: a date beyond the year 9999 has a text that no date has.
    serialize(json);
    return json;
  } catch {
    return null;
  }
}
