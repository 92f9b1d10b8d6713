import { type Doc, fieldNames, isBsonNumber, isDoc, setField, toNumber } from '../values/bson-values.js';
import { CommandError, notImplemented } from '../values/mongo-errors.js';
import type { ValuePredicate } from '../values/value-predicates.js';
import { compileExpression, type Expression, isExpressionName } from './expressions.js';
import { compileFilter } from './filter.js';
import { compileElemMatch, isTrue } from './filter-operators.js';

/** Makes the projected document; the original stays as it is. */
export type Projector = (document: Doc) => Doc;

type Leaf =
  | { kind: 'include' | 'exclude' }
  | { kind: 'compute'; compute: Expression }
  | { kind: 'slice'; slice: (array: readonly unknown[]) => unknown[] }
  | { kind: 'elemMatch'; matches: ValuePredicate };
interface Tree {
  kind: 'tree';
  fields: Map<string, Tree | Leaf>;
}

/**
 * Compiles the projection of `find` and `findAndModify` (with `$slice` and `$elemMatch`) or, for `stage`, of `$project`. Undefined
 * where everything is to be kept. Mixing inclusion and exclusion is refused (31253, 31254).
 */
export function compileProjection(specification: unknown, stage = false): Projector | undefined {
  if (specification === undefined) return undefined;
  if (!isDoc(specification)) throw new CommandError(14, 'Expected field projection to be of type object');
  const leaves = leavesOf(specification, [], stage);
  if (leaves.length === 0) {
    if (!stage) return undefined;
    throw new CommandError(
      51272,
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  const inclusive = isInclusive(leaves);
  const root: Tree = { kind: 'tree', fields: new Map() };
  if (inclusive && !leaves.some(({ path }) => path[0] === '_id')) root.fields.set('_id', { kind: 'include' });
  for (const { path, leaf } of leaves) {
    if (inclusive ? leaf.kind !== 'exclude' : leaf.kind !== 'include') addLeaf(root, path, leaf);
  }
  if (!inclusive) return (document) => exclude(document, root);
  const computed = leaves.flatMap(({ path, leaf }) =>
    leaf.kind === 'compute' ? [{ path, compute: leaf.compute }] : [],
  );
  return (document) => {
    const projected = include(document, root);
    for (const { path, compute } of computed) setComputed(projected, path, compute(document));
    return projected;
  };
}

interface LeafAt {
  path: readonly string[];
  leaf: Leaf;
}

function leavesOf(specification: Doc, prefix: readonly string[], stage: boolean): LeafAt[] {
  return Object.entries(specification).flatMap(([field, value]) => {
    const parts = field.split('.');
    if (parts.at(-1) === '$') throw notImplemented('The positional projection');
    checkFieldNames(parts);
    const path = [...prefix, ...parts];
    if (typeof value === 'boolean' || isBsonNumber(value)) {
      return [{ path, leaf: { kind: isTrue(value) ? 'include' : 'exclude' } as const }];
    }
    if (!isDoc(value) || Object.keys(value).some((name) => name.startsWith('$'))) {
      return [{ path, leaf: operatorLeaf(path, value, stage) }];
    }
    if (Object.keys(value).length > 0) return leavesOf(value, path, stage);
    throw new CommandError(
      51270,
      `An empty sub-projection is not a valid value. Found empty object at path ${path.join('.')}`,
    );
  });
}

/** Refuses field names that MongoDB refuses in projections and sorts. */
export function checkFieldNames(parts: readonly string[]): void {
  if (parts.includes('')) throw new CommandError(15998, 'FieldPath field names may not be empty strings.');
  if (parts.some((part) => part.startsWith('$'))) {
    throw new CommandError(
      16410,
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
    );
  }
}

function operatorLeaf(path: readonly string[], value: unknown, stage: boolean): Leaf {
  const [operator] = isDoc(value) ? Object.keys(value) : [];
  if (isDoc(value) && operator === '$slice' && !stage) return { kind: 'slice', slice: compileSlice(value.$slice) };
  if (isDoc(value) && operator === '$elemMatch' && !stage) {
    if (path.length > 1) throw new CommandError(31275, 'Cannot use $elemMatch projection on a nested field.');
    return { kind: 'elemMatch', matches: compileElemMatch(value.$elemMatch, compileFilter) };
  }
  if (isDoc(value) && operator === '$meta') throw notImplemented('A $meta projection');
  if (operator !== undefined && !isExpressionName(operator))
    throw new CommandError(31325, `Unknown expression ${operator}`);
  return { kind: 'compute', compute: compileExpression(value) };
}

function compileSlice(operand: unknown): (array: readonly unknown[]) => unknown[] {
  if (Array.isArray(operand)) {
    const [skip, limit] = operand.map((number) => toNumber(number));
    if (skip === undefined || limit === undefined || operand.length !== 2) {
      throw new CommandError(28667, 'Invalid $slice syntax. The given syntax did not match the find() syntax');
    }
    if (limit <= 0) throw new CommandError(28729, 'Third argument to $slice must be positive');
    return (array) => {
      const start = skip < 0 ? Math.max(0, array.length + skip) : skip;
      return array.slice(start, start + limit);
    };
  }
  const count = toNumber(operand);
  if (count === undefined)
    throw new CommandError(28667, 'Invalid $slice syntax. The given syntax did not match the find() syntax');
  return (array) => (count < 0 ? array.slice(count) : array.slice(0, count));
}

/** Is it a list of what to keep? `_id` and `$slice` go with both kinds. */
function isInclusive(leaves: readonly LeafAt[]): boolean {
  let mode: 'include' | 'exclude' | undefined;
  let id: 'include' | 'exclude' | undefined;
  for (const { path, leaf } of leaves) {
    const name = path.join('.');
    if (leaf.kind === 'slice') continue;
    if (name === '_id' && (leaf.kind === 'include' || leaf.kind === 'exclude')) {
      id = leaf.kind;
    } else if (leaf.kind === 'exclude') {
      if (mode === 'include')
        throw new CommandError(31254, `Cannot do exclusion on field ${name} in inclusion projection`);
      mode = 'exclude';
    } else {
      if (mode === 'exclude') {
        throw leaf.kind === 'include'
          ? new CommandError(31253, `Cannot do inclusion on field ${name} in exclusion projection`)
          : new CommandError(31252, `Cannot use an expression for the field ${name} in an exclusion projection`);
      }
      mode = 'include';
    }
  }
  return (mode ?? id ?? 'exclude') === 'include';
}

function addLeaf(root: Tree, path: readonly string[], leaf: Leaf): void {
  const collision = new CommandError(31249, `Path collision at ${path.join('.')}`);
  let tree = root;
  for (const part of path.slice(0, -1)) {
    const next = tree.fields.get(part) ?? { kind: 'tree' as const, fields: new Map() };
    if (next.kind !== 'tree') throw collision;
    tree.fields.set(part, next);
    tree = next;
  }
  const last = path.at(-1) ?? '';
  if (tree.fields.has(last)) throw collision;
  tree.fields.set(last, leaf);
}

function include(document: Doc, tree: Tree): Doc {
  const projected: Doc = {};
  const last: [string, unknown][] = [];
  for (const field of fieldNames(document)) {
    const node = tree.fields.get(field);
    if (!node || node.kind === 'compute' || node.kind === 'exclude') continue;
    const value = document[field];
    if (node.kind === 'elemMatch') {
      const element = Array.isArray(value) ? value.find((one) => node.matches([one])) : undefined;
      if (element !== undefined) last.push([field, [element]]);
      continue;
    }
    const kept =
      node.kind === 'tree'
        ? includeValue(value, node)
        : node.kind === 'slice' && Array.isArray(value)
          ? node.slice(value)
          : value;
    if (kept !== undefined) setField(projected, field, kept);
  }
  for (const [field, value] of last) setField(projected, field, value);
  return projected;
}

function includeValue(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return include(value, tree);
  if (!Array.isArray(value)) return undefined;
  return value.map((element) => includeValue(element, tree)).filter((element) => element !== undefined);
}

function exclude(document: Doc, tree: Tree): Doc {
  const projected: Doc = {};
  for (const field of fieldNames(document)) {
    const node = tree.fields.get(field);
    const value = document[field];
    if (node?.kind === 'exclude') continue;
    if (node?.kind === 'tree') setField(projected, field, excludeValue(value, node));
    else setField(projected, field, node?.kind === 'slice' && Array.isArray(value) ? node.slice(value) : value);
  }
  return projected;
}

function excludeValue(value: unknown, tree: Tree): unknown {
  if (isDoc(value)) return exclude(value, tree);
  return Array.isArray(value) ? value.map((element) => excludeValue(element, tree)) : value;
}

/** Sets a computed field, as `$addFields` does: what is in the way becomes a document, arrays are done element by element. */
export function setComputed(document: Doc, path: readonly string[], value: unknown): void {
  const [field = '', ...rest] = path;
  if (rest.length === 0) {
    if (value === undefined) delete document[field];
    else setField(document, field, value);
    return;
  }
  setField(document, field, withComputed(Object.hasOwn(document, field) ? document[field] : undefined, rest, value));
}

function withComputed(inner: unknown, path: readonly string[], value: unknown): unknown {
  if (Array.isArray(inner)) return inner.map((element) => withComputed(element, path, value));
  const copy: Doc = isDoc(inner) ? { ...inner } : {};
  setComputed(copy, path, value);
  return copy;
}
