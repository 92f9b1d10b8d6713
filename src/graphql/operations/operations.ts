import {
  astFromValue,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  parse,
  print,
} from 'graphql';
import type { Section } from '../../sections/define-section.js';
import { olderLists } from './older-lists.js';

/** The persisted operations by name, as documents; the REST endpoints execute them and nothing else. */
export type Operations = ReadonlyMap<string, DocumentNode>;

/** Fields that have no value without a location. */
const locatedFields: readonly string[] = ['distanceKm', 'nearby'];

/**
 * The source text of each operation, from the schema and the registry: `schema/operations/` holds the same.
 * `$located` says whether there is a location, because a field without a value has no place in the REST envelope.
 */
export function operationSources(schema: GraphQLSchema, registry: readonly Section[]): ReadonlyMap<string, string> {
  const homepage = fieldOf(schema, 'Query', 'homepage');
  const typeOf = (field: string) => fieldOf(schema, 'Homepage', field).type;
  const page = `{
    ${registry.map(({ key, located }) => `${key} ${selectionOf(typeOf(key), located !== undefined)}`).join(' ')}
    metadata ${selectionOf(typeOf('metadata'))}
    analytics @include(if: $includeAnalytics) ${selectionOf(typeOf('analytics'))}
  }`;
  const lists = olderLists.map(({ operation, field: name, section }) => {
    const field = fieldOf(schema, 'Query', name);
    return [operation, operationOf(operation, field, selectionOf(field.type, section.located !== undefined))] as const;
  });
  return new Map([
    ['Homepage', operationOf('Homepage', homepage, page, ['$includeAnalytics: Boolean = false'])],
    ...lists,
  ]);
}

export function createOperations(schema: GraphQLSchema, registry: readonly Section[]): Operations {
  return new Map([...operationSources(schema, registry)].map(([name, source]) => [name, parse(source)]));
}

/** A query of one field, with a variable for each of its arguments. */
function operationOf(
  name: string,
  { name: field, args }: GraphQLField<unknown, unknown>,
  selection: string,
  furtherVariables: readonly string[] = [],
): string {
  const isLocated = args.some((argument) => argument.name === 'location');
  const variables = [
    ...args.map(variableOf),
    ...(isLocated ? ['$located: Boolean = false'] : []),
    ...furtherVariables,
  ].join(', ');
  const given = args.map((argument) => `${argument.name}: $${argument.name}`).join(', ');
  return `query ${name}(${variables}) { ${field}(${given}) ${selection} }`;
}

function variableOf({ name, type, defaultValue }: GraphQLArgument): string {
  const value = astFromValue(defaultValue, type);
  return `$${name}: ${String(type)}${value == null ? '' : ` = ${print(value)}`}`;
}

/** Everything that a type has, written out, in the schema's order. */
function selectionOf(type: GraphQLOutputType, located = false): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).map((field) => {
    const selection = `${field.name} ${selectionOf(field.type, located)}`;
    if (!locatedFields.includes(field.name)) return selection;
    return located ? `${field.name} @include(if: $located)` : '';
  });
  return `{ ${fields.join(' ')} }`;
}

function fieldOf(schema: GraphQLSchema, parent: string, name: string): GraphQLField<unknown, unknown> {
  const type = schema.getType(parent);
  const field = isObjectType(type) ? type.getFields()[name] : undefined;
  if (field === undefined) throw new TypeError(`the schema has no ${parent}.${name}`);
  return field;
}
