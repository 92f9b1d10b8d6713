import {
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type { JsonSchema } from '../rest/parameters.js';

/** Scalars of GraphQL as JSON carries them. */
const scalars: Readonly<Record<string, JsonSchema>> = {
  ID: { type: 'string' },
  String: { type: 'string' },
  Int: { type: 'integer' },
  Float: { type: 'number' },
  Boolean: { type: 'boolean' },
  DateTimeISO: { type: 'string', format: 'date-time' },
};

export const reference = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });

/**
 * The object types below some types, as OpenAPI components. `fields` of a request may leave out any of them, so none is required; one
 * that is there has a value of its type.
 */
export function componentsOf(schema: GraphQLSchema, roots: readonly string[]): Record<string, JsonSchema> {
  const components: Record<string, JsonSchema> = {};
  const add = (name: string): void => {
    const type = schema.getType(name);
    if (!isObjectType(type) || components[name] !== undefined) return;
    const fields = Object.values(type.getFields());
    components[name] = {
      type: 'object',
      ...(type.description ? { description: type.description } : {}),
      properties: Object.fromEntries(
        fields.map((field) => [
          field.name,
          { ...valueSchema(field.type), ...(field.description ? { description: field.description } : {}) },
        ]),
      ),
      additionalProperties: false,
    };
    for (const field of fields) add(getNamedType(field.type).name);
  };
  for (const root of roots) add(root);
  return components;
}

function valueSchema(type: GraphQLOutputType): JsonSchema {
  if (isNonNullType(type)) return presentSchema(type.ofType);
  const present = presentSchema(type);
  if ('$ref' in present) return { anyOf: [present, { type: 'null' }] };
  return { ...present, type: [present['type'], 'null'] };
}

function presentSchema(type: GraphQLOutputType): JsonSchema {
  if (isListType(type)) return { type: 'array', items: valueSchema(type.ofType) };
  if (isObjectType(type)) return reference(type.name);
  if (isEnumType(type)) return { type: 'string', enum: type.getValues().map(({ name }) => name) };
  const { name } = getNamedType(type);
  return scalars[name] ?? {};
}
