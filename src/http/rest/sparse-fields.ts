import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';
import type { Section } from '../../sections/define-section.js';
import { restName } from './reshape.js';

/** One path of the `fields` parameter: a section, and names below it (none: the whole section). */
export interface FieldPath {
  section: Section;
  names: readonly string[];
}

/** What is selected of a section or an object: all of it, or some fields. */
type Selected = true | ReadonlyMap<FieldNode, Selected>;

/** A pruned page. */
export interface FieldSelection {
  /** One spelling for each selection, for the cache key. */
  paths: readonly string[];
  /** The operation with nothing else in it. */
  document: DocumentNode;
}

/** The `fields` parameter over the persisted operation. */
export interface SparseFields {
  /** Every path that can be asked for, in the operation's order. */
  paths: readonly string[];
  /** Undefined when there is no such path; sections may be spelt both ways. */
  resolve(path: string, spellings: ReadonlyMap<string, Section>): FieldPath | undefined;
  /** Undefined when the paths cover the asked-for sections: then it is the whole operation. */
  select(paths: readonly FieldPath[], asked: ReadonlySet<Section>): FieldSelection | undefined;
}

/** A field of the operation, by the name that it has in REST. */
interface Field {
  name: string;
  node: FieldNode;
  fields: readonly Field[];
}

export function createSparseFields(options: { operation: DocumentNode; registry: readonly Section[] }): SparseFields {
  const { operation, registry } = options;
  const page = pageSelection(operation);
  const roots = new Map(
    registry.flatMap((section) => {
      const node = nodesOf(page).find(({ name }) => name.value === section.key);
      return node === undefined ? [] : [[section, fieldOf(node, section.key, restName)] as const];
    }),
  );

  return {
    paths: [...roots.values()].flatMap((root) => [root.name, ...pathsBelow(root, root.name)]),
    resolve: (path, spellings) => {
      const [first = '', ...names] = path.split('.');
      const section = spellings.get(first);
      if (section === undefined) return undefined;
      let field = roots.get(section);
      for (const name of names) field = field?.fields.find((inner) => inner.name === name);
      return field && { section, names };
    },
    select: (paths, asked) => {
      const bySection = new Map<FieldNode, Selected>();
      for (const [section, root] of roots) {
        const own = paths.filter((path) => path.section === section).map(({ names }) => names);
        if (own.length > 0) bySection.set(root.node, selected(root, own));
        else if (asked.has(section)) bySection.set(root.node, true);
      }
      if ([...bySection.values()].every((selection) => selection === true)) return undefined;
      const canonical = [...roots.values()].flatMap((root) =>
        canonicalPaths(root, bySection.get(root.node), root.name),
      );
      const sections = new Set([...roots.values()].map(({ node }) => node));
      return { paths: canonical, document: pruned(operation, page, bySection, sections) };
    },
  };
}

/** The selection of the `homepage` field. */
function pageSelection(operation: DocumentNode): SelectionSetNode | undefined {
  const [definition] = operation.definitions;
  const query = definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
  return nodesOf(query).find(({ name }) => name.value === 'homepage')?.selectionSet;
}

function nodesOf(set: SelectionSetNode | undefined): readonly FieldNode[] {
  return set?.selections.filter((selection) => selection.kind === Kind.FIELD) ?? [];
}

/** @param nameOf what a field directly below is called in REST; further below, names are the same */
function fieldOf(node: FieldNode, name: string, nameOf = (graphqlName: string) => graphqlName): Field {
  return { name, node, fields: nodesOf(node.selectionSet).map((inner) => fieldOf(inner, nameOf(inner.name.value))) };
}

function pathsBelow({ fields }: Field, prefix: string): string[] {
  return fields.flatMap((field) => {
    const path = `${prefix}.${field.name}`;
    return [path, ...pathsBelow(field, path)];
  });
}

/** A path to an object means all of it, and all fields of an object mean the object. */
function selected({ fields }: Field, paths: readonly (readonly string[])[]): Selected {
  if (paths.some((names) => names.length === 0)) return true;
  const selection = new Map<FieldNode, Selected>();
  for (const field of fields) {
    const below = paths.filter(([name]) => name === field.name).map(([, ...rest]) => rest);
    if (below.length > 0) selection.set(field.node, selected(field, below));
  }
  return fields.every(({ node }) => selection.get(node) === true) ? true : selection;
}

function canonicalPaths({ fields }: Field, selection: Selected | undefined, path: string): string[] {
  if (selection === undefined) return [];
  if (selection === true) return [path];
  return fields.flatMap((field) => canonicalPaths(field, selection.get(field.node), `${path}.${field.name}`));
}

/** The operation without the fields that are not selected; what stands beside the sections stays. */
function pruned(
  operation: DocumentNode,
  page: SelectionSetNode | undefined,
  bySection: ReadonlyMap<FieldNode, Selected>,
  sections: ReadonlySet<FieldNode>,
): DocumentNode {
  const prune = (
    set: SelectionSetNode,
    selection: ReadonlyMap<FieldNode, Selected>,
    keep: (node: FieldNode) => boolean,
  ): SelectionSetNode => ({
    ...set,
    selections: nodesOf(set).flatMap((node): FieldNode[] => {
      const inner = selection.get(node);
      if (inner === undefined) return keep(node) ? [node] : [];
      if (inner === true || node.selectionSet === undefined) return [node];
      return [{ ...node, selectionSet: prune(node.selectionSet, inner, () => false) }];
    }),
  });
  return visit(operation, {
    SelectionSet: (set) => (set === page ? prune(set, bySection, (node) => !sections.has(node)) : undefined),
  });
}
