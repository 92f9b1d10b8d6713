import {
  type DefinitionNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql';

/** What merging fields of one response key may cost, see `graphqlLimits`. */
interface MergingLimits {
  equalKeys: number;
  mergedPairs: number;
  walkedSelections: number;
}

/** A selection set, and the fragments that it stands in. */
interface Part {
  set: SelectionSetNode;
  within: ReadonlySet<string>;
}

/** Selection sets that are merged into one: its fields by response key, and the fragments that were put in their places. */
interface Level {
  fields: Map<string, { count: number; below: Part[] }>;
  spread: Set<string>;
}

/** What a definition asks to be merged: its pairs of equal keys in all, and the key that stands most often in one set. */
interface Merging {
  pairs: number;
  key: string;
  count: number;
}

/** What is left of the selections that one document may make us walk through. */
interface Walk {
  left: number;
  fragmentOf: (name: string) => FragmentDefinitionNode | null | undefined;
}

/**
 * Fields of one response key are merged (GraphQL spec, 5.3.2): graphql-js compares each pair of them, and their selections in
 * turn. 280 times the same field took a quarter of a second, at the cost of one. A document beyond the limits is refused
 * before that: nothing else of it is validated.
 */
export const maxMergingRule =
  (limits: MergingLimits): ValidationRule =>
  (context) => ({
    Document: ({ definitions }) => {
      const walk: Walk = { left: limits.walkedSelections, fragmentOf: (name) => context.getFragment(name) };
      for (const definition of definitions) {
        const message = excessOf(mergingOf(definition, walk), walk, limits);
        if (message === undefined) continue;
        context.reportError(new GraphQLError(message));
        // Takes the document out of the walk that all rules share.
        return null;
      }
      return undefined;
    },
  });

function excessOf({ pairs, key, count }: Merging, walk: Walk, limits: MergingLimits): string | undefined {
  if (count > limits.equalKeys)
    return `Equal keys limit of ${limits.equalKeys} exceeded, found "${key}" ${count} times.`;
  if (pairs > limits.mergedPairs) {
    return `Merging limit of ${limits.mergedPairs} pairs of equal keys exceeded, found ${pairs}.`;
  }
  return walk.left < 0 ? `Merging limit of ${limits.walkedSelections} selections exceeded.` : undefined;
}

/** Fragments count by themselves as well: graphql-js compares their fields, whether an operation uses them or not. */
function mergingOf(definition: DefinitionNode, walk: Walk): Merging {
  if (definition.kind === Kind.OPERATION_DEFINITION) {
    return merge([{ set: definition.selectionSet, within: new Set() }], walk);
  }
  if (definition.kind !== Kind.FRAGMENT_DEFINITION) return { pairs: 0, key: '', count: 0 };
  return merge([{ set: definition.selectionSet, within: new Set([definition.name.value]) }], walk);
}

function merge(parts: readonly Part[], walk: Walk): Merging {
  const level: Level = { fields: new Map(), spread: new Set() };
  for (const part of parts) collect(part, level, walk);
  let merging: Merging = { pairs: 0, key: '', count: 0 };
  for (const [key, { count, below }] of level.fields) {
    merging = sum(merging, { pairs: (count * (count - 1)) / 2, key, count });
    if (below.length > 0) merging = sum(merging, merge(below, walk));
  }
  return merging;
}

const sum = (a: Merging, b: Merging): Merging => ({ ...(b.count > a.count ? b : a), pairs: a.pairs + b.pairs });

function collect({ set, within }: Part, level: Level, walk: Walk): void {
  for (const selection of set.selections) {
    walk.left -= 1;
    if (walk.left < 0) return;
    if (selection.kind === Kind.FIELD) addField(selection, within, level);
    else if (selection.kind === Kind.INLINE_FRAGMENT) collect({ set: selection.selectionSet, within }, level, walk);
    else spreadFragment(selection.name.value, within, level, walk);
  }
}

function addField({ alias, name, selectionSet }: FieldNode, within: ReadonlySet<string>, { fields }: Level): void {
  const key = (alias ?? name).value;
  const field = fields.get(key) ?? { count: 0, below: [] };
  fields.set(key, field);
  field.count += 1;
  if (selectionSet !== undefined) field.below.push({ set: selectionSet, within });
}

/** A second time in one set, a fragment adds nothing; within itself, it is refused by graphql-js's own rule. */
function spreadFragment(name: string, within: ReadonlySet<string>, level: Level, walk: Walk): void {
  if (level.spread.has(name) || within.has(name)) return;
  level.spread.add(name);
  const set = walk.fragmentOf(name)?.selectionSet;
  if (set !== undefined) collect({ set, within: new Set([...within, name]) }, level, walk);
}
