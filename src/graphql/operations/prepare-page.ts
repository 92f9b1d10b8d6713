import {
  type DocumentNode,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  getOperationAST,
  getVariableValues,
  isObjectType,
  Kind,
} from 'graphql';
import { collectFields } from 'graphql/execution/collectFields.js';
import type { Selection } from '../../page/fragments/selection.js';
import { pageKeys } from '../../page/page-key.js';
import { metadataPart, type Part, type PreparedPage } from '../../page/prepared/prepared-operation.js';
import type { Section } from '../../sections/define-section.js';
import { checkedArguments, type LocatedListArguments } from '../schema/arguments.js';
import { fieldsBelow, type OperationScope, selectField } from './collect-page.js';

/** A validated operation with its variables. */
export interface OperationRequest {
  document: DocumentNode;
  operationName?: string | undefined;
  variables: Readonly<Record<string, unknown>>;
}

/** One `homepage` field of an operation, with its arguments read and its fields merged and in order. */
export interface CollectedPage {
  readonly key: string;
  readonly sections: readonly Section[];
  readonly limit: number;
  readonly near: PreparedPage['near'];
  readonly fields: readonly CollectedField[];
}

/** What stands for a field of a page: text, a section, or metadata. */
export type CollectedField = { readonly key: string } & (
  | { readonly text: string }
  | { readonly section: Section; readonly selection: Selection }
  | { readonly metadata: Selection }
);

export interface PagePreparer {
  /**
   * Prepares an operation that asks for nothing but pages, so that it can be answered from fragments. Others (introspection,
   * single lists, analytics, fresh pages, bad arguments) are undefined: graphql-js executes them.
   */
  prepare(request: OperationRequest): { pages: readonly PreparedPage[]; parts: readonly Part[] } | undefined;
  /** The same without an answer's form: the pages of the operation; a string stands for a root field that is always the same. */
  collect(request: OperationRequest): readonly (CollectedPage | string)[] | undefined;
}

export function createPagePreparer(options: { schema: GraphQLSchema; registry: readonly Section[] }): PagePreparer {
  const { schema, registry } = options;
  const sectionsByKey = new Map(registry.map((section) => [section.key, section]));
  const query = schema.getQueryType();
  const definition = query?.getFields()['homepage'];
  const pageType = definition && getNamedType(definition.type);

  const collectPage = (
    scope: OperationScope,
    type: GraphQLObjectType,
    key: string,
    nodes: readonly [FieldNode, ...FieldNode[]],
  ): CollectedPage | undefined => {
    const args = definition && argumentsOf(definition, nodes[0], scope);
    if (args === undefined || args.fresh) return undefined;
    const { wanted, limit, near } = args;
    const isWanted = ({ id }: Section) => wanted?.includes(id) ?? true;
    const fields: CollectedField[] = [];
    for (const [fieldKey, below] of fieldsBelow(scope, type, nodes)) {
      const section = sectionsByKey.get(below[0].name.value);
      const field = collectPageField(scope, type, fieldKey, below, section, isWanted);
      if (field === undefined) return undefined;
      fields.push(field);
    }
    const selected = new Set(fields.map((field) => ('section' in field ? field.section : undefined)));
    const sections = registry.filter((section) => selected.has(section));
    return sections.length === 0 ? undefined : { key, sections, limit, near, fields };
  };

  const collect: PagePreparer['collect'] = ({ document, operationName, variables }) => {
    const operation = getOperationAST(document, operationName);
    if (operation == null || query == null || !isObjectType(pageType)) return undefined;
    const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], { ...variables });
    if (coerced === undefined) return undefined;
    const scope: OperationScope = { schema, fragments: fragmentsOf(document), variables: coerced };
    const roots: (CollectedPage | string)[] = [];
    const fields = collectFields(schema, scope.fragments, coerced, query, operation.selectionSet);
    for (const [key, [node, ...others]] of fields) {
      if (node?.name.value === '__typename') {
        roots.push(`${JSON.stringify(key)}:${JSON.stringify(query.name)}`);
        continue;
      }
      const isPage = node?.name.value === 'homepage';
      const page = isPage ? collectPage(scope, pageType, key, [node, ...others]) : undefined;
      if (page === undefined) return undefined;
      roots.push(page);
    }
    return roots;
  };

  return {
    collect,
    prepare: (request) => {
      const roots = collect(request);
      if (roots === undefined || roots.every((root) => typeof root === 'string')) return undefined;
      const pages: PreparedPage[] = [];
      const parts: Part[] = ['{"data":{'];
      for (const [index, root] of roots.entries()) {
        if (index > 0) parts.push(',');
        if (typeof root === 'string') parts.push(root);
        else {
          parts.push(`${JSON.stringify(root.key)}:{`, ...partsOf(root, pages.length), '}');
          pages.push(preparedPage(root, registry));
        }
      }
      // Apollo ends its answers with a newline.
      parts.push('}}\n');
      return { pages, parts };
    },
  };
}

function collectPageField(
  scope: OperationScope,
  type: GraphQLObjectType,
  key: string,
  nodes: readonly [FieldNode, ...FieldNode[]],
  section: Section | undefined,
  isWanted: (section: Section) => boolean,
): CollectedField | undefined {
  if (section !== undefined && !isWanted(section)) return { key, text: 'null' };
  const field = selectField(scope, type, key, nodes);
  if (field?.constant !== undefined) return { key, text: field.constant };
  if (field?.below === undefined) return undefined;
  if (section !== undefined) return { key, section, selection: field.below };
  // Under another name it counts as content of the page, which the ETag must see.
  return field.name === 'metadata' && key === 'metadata' ? { key, metadata: field.below } : undefined;
}

function partsOf({ fields }: CollectedPage, page: number): Part[] {
  return fields.flatMap((field, index): Part[] => {
    const prefix = `${index === 0 ? '' : ','}${JSON.stringify(field.key)}:`;
    if ('text' in field) return [prefix + field.text];
    if ('metadata' in field) return [prefix, metadataPart(page, field.metadata)];
    return [prefix, { page, section: field.section, selection: field.selection }];
  });
}

function preparedPage({ sections, limit, near }: CollectedPage, registry: readonly Section[]): PreparedPage {
  return { sections, limit, near, keyOf: pageKeys({ sections, registry, limit, near }) };
}

/** Arguments out of range are refused by the resolver, with every fault at once. */
function argumentsOf(
  definition: Parameters<typeof getArgumentValues>[0],
  node: FieldNode,
  { variables }: OperationScope,
):
  | { wanted: readonly string[] | null | undefined; limit: number; near: PreparedPage['near']; fresh: boolean }
  | undefined {
  const { sections, ...rest } = getArgumentValues(definition, node, variables) as LocatedListArguments & {
    sections?: readonly string[] | null;
  };
  try {
    const { limit, near, fresh } = checkedArguments(rest);
    return { wanted: sections, limit, near, fresh };
  } catch {
    return undefined;
  }
}

function fragmentsOf(document: DocumentNode): OperationScope['fragments'] {
  return Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
}
