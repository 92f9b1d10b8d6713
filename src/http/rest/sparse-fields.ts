import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode, visit } from 'graphql';
import type { Section } from '../../sections/define-section.js';

/** One path of the `fields` parameter: a section, and names below it (none: the whole section). */
interface FieldPath {
  section: Section;
  names: readonly string[];
}

/** What is selected of a section or an object: all of it, or some fields. */
type Selected = true | ReadonlyMap<string, Selected>;

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

export function createSparseFields(options: { operation: DocumentNode; registry: readonly Section[] }): SparseFields {
  const { operation, registry } = options;
  const page = pageSelection(operation);
  const roots = new Map(registry.map((section) => [section.key, fieldNamed(page, section.key)]));
  const whole: Selected = true;

  return {
    paths: [...roots].flatMap(([key, root]) => [key, ...pathsBelow(root, key)]),
    resolve: (path, spellings) => {
      const [first = '', ...names] = path.split('.');
      const section = spellings.get(first);
      if (section === undefined) return undefined;
      let node = roots.get(section.key);
      for (const name of names) node = node && fieldNamed(node.selectionSet, name);
      return node && { section, names };
    },
    select: (paths, asked) => {
      const bySection = new Map<string, Selected>();
      for (const section of registry) {
        const own = paths.filter((path) => path.section === section).map(({ names }) => names);
        const root = roots.get(section.key);
        if (own.length > 0 && root !== undefined) bySection.set(section.key, selected(root, own));
      }
      for (const { key } of asked) if (!bySection.has(key)) bySection.set(key, whole);
      if ([...bySection.values()].every((selection) => selection === true)) return undefined;
      const canonical = [...roots].flatMap(([key, root]) => canonicalPaths(root, bySection.get(key), key));
      return { paths: canonical, document: pruned(operation, bySection, new Set(roots.keys())) };
    },
  };
}

/** The selection of the `homepage` field. */
function pageSelection(operation: DocumentNode): SelectionSetNode | undefined {
  const [definition] = operation.definitions;
  const query = definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet : undefined;
  return fieldNamed(query, 'homepage')?.selectionSet;
}

function fieldsOf(set: SelectionSetNode | undefined): readonly FieldNode[] {
  return set?.selections.filter((selection) => selection.kind === Kind.FIELD) ?? [];
}

function fieldNamed(set: SelectionSetNode | undefined, name: string): FieldNode | undefined {
  return fieldsOf(set).find((field) => field.name.value === name);
}

function pathsBelow(node: FieldNode | undefined, prefix: string): string[] {
  return fieldsOf(node?.selectionSet).flatMap((field) => {
    const path = `${prefix}.${field.name.value}`;
    return [path, ...pathsBelow(field, path)];
  });
}

/** A path to an object means all of it, and all fields of an object mean the object. */
function selected(node: FieldNode, paths: readonly (readonly string[])[]): Selected {
  if (paths.some((names) => names.length === 0)) return true;
  const selection = new Map<string, Selected>();
  const fields = fieldsOf(node.selectionSet);
  for (const field of fields) {
    const below = paths.filter(([name]) => name === field.name.value).map(([, ...rest]) => rest);
    if (below.length > 0) selection.set(field.name.value, selected(field, below));
  }
  const complete = fields.every((field) => selection.get(field.name.value) === true);
  return complete ? true : selection;
}

function canonicalPaths(node: FieldNode | undefined, selection: Selected | undefined, path: string): string[] {
  if (selection === undefined) return [];
  if (selection === true) return [path];
  return fieldsOf(node?.selectionSet).flatMap((field) =>
    canonicalPaths(field, selection.get(field.name.value), `${path}.${field.name.value}`),
  );
}

/** The operation without the fields that are not selected; what stands beside the sections stays. */
function pruned(
  operation: DocumentNode,
  bySection: ReadonlyMap<string, Selected>,
  keys: ReadonlySet<string>,
): DocumentNode {
  const prune = (set: SelectionSetNode, selection: ReadonlyMap<string, Selected>, keep: (name: string) => boolean) => ({
    ...set,
    selections: fieldsOf(set).flatMap((field): FieldNode[] => {
      const inner = selection.get(field.name.value);
      if (inner === undefined) return keep(field.name.value) ? [field] : [];
      if (inner === true || field.selectionSet === undefined) return [field];
      return [{ ...field, selectionSet: prune(field.selectionSet, inner, () => false) }];
    }),
  });
  const page = pageSelection(operation);
  return visit(operation, {
    SelectionSet: (set) => (set === page ? prune(set, bySection, (name) => !keys.has(name)) : undefined),
  });
}
