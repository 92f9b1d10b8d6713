import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isObjectType,
} from 'graphql';
import { collectSubfields } from 'graphql/execution/collectFields.js';
import { type SelectedField, type Selection, selectionOf } from '../../page/fragments/selection.js';

/** What an operation means beside its own text. */
export interface OperationScope {
  schema: GraphQLSchema;
  fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Coerced. */
  variables: { [variable: string]: unknown };
}

type Fields = readonly [string, readonly [FieldNode, ...FieldNode[]]][];

/** The fields below a field, merged and in order, as graphql-js itself collects them. */
export function fieldsBelow(scope: OperationScope, type: GraphQLObjectType, nodes: readonly FieldNode[]): Fields {
  const { schema, fragments, variables } = scope;
  return [...collectSubfields(schema, fragments, variables, type, nodes)].flatMap(([key, [first, ...others]]) =>
    first === undefined ? [] : [[key, [first, ...others]] as const],
  );
}

/**
 * What is selected of one field of an object type.
 * @returns undefined when it cannot be written from a stored value alone: it is of an interface or a union
 */
export function selectField(
  scope: OperationScope,
  type: GraphQLObjectType,
  key: string,
  nodes: readonly [FieldNode, ...FieldNode[]],
): SelectedField | undefined {
  const name = nodes[0].name.value;
  if (name === '__typename') return { key, name, constant: JSON.stringify(type.name) };
  const field = type.getFields()[name];
  const named = field && getNamedType(field.type);
  if (named === undefined) return undefined;
  if (isEnumType(named)) return { key, name, serialize: (value) => named.serialize(value) };
  if (nodes[0].selectionSet === undefined) return { key, name };
  if (!isObjectType(named)) return undefined;
  const below = selectObject(scope, named, nodes);
  return below && { key, name, below };
}

function selectObject(
  scope: OperationScope,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Selection | undefined {
  const fields = fieldsBelow(scope, type, nodes).map(([key, below]) => selectField(scope, type, key, below));
  const selected = fields.filter((field) => field !== undefined);
  return selected.length === fields.length ? selectionOf(selected) : undefined;
}
