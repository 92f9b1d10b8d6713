import { type Doc, getField, isDoc, withIdFirst } from '../values/bson-values.js';
import { equalBson } from '../values/compare.js';
import { CommandError, failedToParse, notImplemented } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';
import { type Change, compileChange, identical, isUpdateOperator, type UpdateContext } from './update-operators.js';
import { copyDeep } from './update-paths.js';

/** What an update makes of a document. */
export interface Updated {
  document: Doc;
  /** Does it differ from what it was? */
  changed: boolean;
  /** The paths that change events report; undefined for a replacement. */
  paths: readonly string[] | undefined;
}

/** An update, compiled once per statement. Makes a new document and leaves the old one alone. */
export interface Update {
  readonly replaces: boolean;
  apply(document: Doc, context: UpdateContext): Updated;
}

/** Compiles a replacement document or update operators; refuses pipelines, positional paths and what MongoDB refuses. */
export function compileUpdate(update: unknown): Update {
  if (Array.isArray(update)) throw notImplemented('An update by an aggregation pipeline');
  if (!isDoc(update)) throw failedToParse('Update argument must be either an object or an array');
  const [first] = Object.keys(update);
  return first?.startsWith('$') ? compileOperators(update) : compileReplacement(update);
}

function compileReplacement(replacement: Doc): Update {
  const operator = Object.keys(replacement).find((field) => field.startsWith('$'));
  if (operator !== undefined) {
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${operator}' in '${operator}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return {
    replaces: true,
    apply: (old) => {
      const id = getField(old, '_id');
      const given = getField(replacement, '_id');
      if (id !== undefined && given !== undefined && !equalBson(id, given)) {
        throw new CommandError(
          66,
          `After applying the update, the (immutable) field '_id' was found to have been altered to _id: ${String(given)}`,
        );
      }
      const document = id === undefined ? { ...replacement } : withIdFirst(replacement, id);
      return { document, changed: !identical(document, old), paths: undefined };
    },
  };
}

function compileOperators(update: Doc): Update {
  const changes: { path: string; change: Change }[] = [];
  const taken: string[] = [];
  for (const [operator, fields] of Object.entries(update)) {
    if (!operator.startsWith('$'))
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    if (!isUpdateOperator(operator)) {
      throw failedToParse(
        `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDoc(fields)) {
      throw failedToParse(
        `Modifiers operate on fields but we found type ${typeAlias(fields)} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${String(fields)}}`,
      );
    }
    for (const [path, operand] of Object.entries(fields)) {
      const paths = operator === '$rename' && typeof operand === 'string' ? [path, operand] : [path];
      for (const one of paths) claim(one, taken);
      changes.push({ path, change: compileChange(operator, path, operand) });
    }
  }
  changes.sort((a, b) => comparePaths(a.path, b.path));
  return {
    replaces: false,
    apply: (old, context) => {
      const document = copyDeep(old);
      const paths = changes.flatMap(({ change }) => change(document, context));
      const [id, newId] = [getField(old, '_id'), getField(document, '_id')];
      if (id !== undefined && (newId === undefined || !equalBson(id, newId))) {
        throw new CommandError(66, "Performing an update on the path '_id' would modify the immutable field '_id'");
      }
      return { document, changed: paths.length > 0, paths };
    },
  };
}

function claim(path: string, taken: string[]): void {
  const parts = path.split('.');
  if (path === '') throw new CommandError(56, 'An empty update path is not valid.');
  if (parts.includes(''))
    throw new CommandError(56, `The update path '${path}' contains an empty field name, which is not allowed.`);
  if (parts.some((part) => part === '$' || part.startsWith('$['))) throw notImplemented('A positional update');
  const dollar = parts.find((part) => part.startsWith('$'));
  if (dollar !== undefined) {
    throw new CommandError(
      52,
      `The dollar ($) prefixed field '${dollar}' in '${path}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  for (const other of taken) {
    if (other === path || other.startsWith(`${path}.`) || path.startsWith(`${other}.`)) {
      const shorter = other.length < path.length ? other : path;
      throw new CommandError(40, `Updating the path '${path}' would create a conflict at '${shorter}'`);
    }
  }
  taken.push(path);
}

/** MongoDB applies updates in the order of their paths, numbers by value. */
function comparePaths(a: string, b: string): number {
  const x = a.split('.');
  const y = b.split('.');
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) {
    const [p = '', q = ''] = [x[i], y[i]];
    const numbers = /^\d+$/.test(p) && /^\d+$/.test(q);
    const order = numbers ? Number(p) - Number(q) : p < q ? -1 : p > q ? 1 : 0;
    if (order !== 0) return order;
  }
  return x.length - y.length;
}
