import { Lazy } from 'mingo/lazy';
import { compileExpression } from '../query/expressions.js';
import { compileFilter } from '../query/filter.js';
import { checkFieldNames, compileProjection, setComputed } from '../query/projection.js';
import { compileSort } from '../query/sort.js';
import { type Doc, getField, isDoc, setField, toNumber } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { CommandError } from '../values/mongo-errors.js';
import { accumulators } from './accumulators.js';

/** mingo's lazy sequence, which is what its aggregator hands from stage to stage. */
export type Sequence = ReturnType<typeof Lazy>;

/** A stage with its operand compiled: refusals come from compiling, before any document is read. */
export type Stage = (documents: Sequence) => Sequence;

/** Aggregation stages that are served. */
export const stageCompilers: Readonly<Record<string, (operand: unknown) => Stage>> = {
  $match: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    const matches = compileFilter(operand);
    return (documents) => documents.filter((document) => matches(asDoc(document)));
  },
  $sort: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15973, 'the $sort key specification must be an object');
    const sort = compileSort(operand);
    if (!sort) throw new CommandError(15976, '$sort stage must have at least one sort key');
    return (documents) => later(() => sort(documents.collect().map(asDoc)));
  },
  $limit: (operand) => {
    const limit = wholeNumber(operand, 2107201, 'invalid argument to $limit stage');
    if (limit === 0) throw new CommandError(15958, 'the limit must be positive');
    return (documents) => documents.take(limit);
  },
  $skip: (operand) => {
    const skip = wholeNumber(operand, 5107200, 'invalid argument to $skip stage');
    return (documents) => documents.drop(skip);
  },
  $count: (operand) => {
    if (typeof operand !== 'string') throw new CommandError(40156, 'the count field must be a non-empty string');
    if (operand === '') throw new CommandError(40157, 'the count field must be a non-empty string');
    if (operand.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
    if (operand.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
    return (documents) =>
      later(() => {
        const count = documents.collect().length;
        return count === 0 ? [] : [{ [operand]: count }];
      });
  },
  $project: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15969, '$project specification must be an object');
    const project = compileProjection(operand, true);
    return (documents) => (project ? documents.map((document) => project(asDoc(document))) : documents);
  },
  $addFields: (operand) => compileAddFields('$addFields', operand),
  $set: (operand) => compileAddFields('$set', operand),
  $unset: (operand) => {
    const fields = typeof operand === 'string' ? [operand] : operand;
    if (!Array.isArray(fields) || fields.length === 0)
      throw new CommandError(31002, '$unset specification must be a string or an array');
    if (fields.some((field) => typeof field !== 'string'))
      throw new CommandError(31120, '$unset specification must be a string or an array containing only string values');
    const project = compileProjection(Object.fromEntries(fields.map((field) => [String(field), 0])), true);
    return (documents) => (project ? documents.map((document) => project(asDoc(document))) : documents);
  },
  $replaceRoot: (operand) => {
    if (!isDoc(operand))
      throw new CommandError(
        40229,
        `expected an object as specification for $replaceRoot stage, got ${typeof operand}`,
      );
    const unknown = Object.keys(operand).find((field) => field !== 'newRoot');
    if (unknown !== undefined)
      throw new CommandError(40415, `BSON field '$replaceRoot.${unknown}' is an unknown field.`);
    if (!('newRoot' in operand))
      throw new CommandError(40414, "BSON field '$replaceRoot.newRoot' is missing but a required field");
    return compileReplaceRoot(operand.newRoot);
  },
  $replaceWith: compileReplaceRoot,
  $group: compileGroup,
  $sortByCount: (operand) => {
    const group = compileGroup({ _id: operand, count: { $sum: 1 } });
    const sort = compileSort({ count: -1 });
    return (documents) => later(() => sort?.(group(documents).collect().map(asDoc)) ?? []);
  },
  $unwind: compileUnwind,
};

const asDoc = (value: unknown): Doc => (isDoc(value) ? value : {});

/** A sequence whose documents are made when the first one is asked for. */
function later(make: () => readonly unknown[]): Sequence {
  let rest: Iterator<unknown> | undefined;
  return Lazy(() => {
    rest ??= make()[Symbol.iterator]();
    const { value, done } = rest.next();
    return { value, done: done === true };
  });
}

function wholeNumber(value: unknown, code: number, message: string): number {
  const number = toNumber(value);
  if (number === undefined || !Number.isInteger(number) || number < 0) {
    throw new CommandError(code, `${message}: Expected a non-negative number in: ${String(value)}`);
  }
  return number;
}

function compileAddFields(name: string, operand: unknown): Stage {
  if (!isDoc(operand))
    throw new CommandError(40272, `${name} specification stage must be an object, got ${typeof operand}`);
  const fields = addedFields(operand, []);
  if (fields.length === 0)
    throw new CommandError(40177, `Invalid ${name} :: caused by :: specification must have at least one field`);
  return (documents) =>
    documents.map((value) => {
      const document = asDoc(value);
      const added = { ...document };
      for (const { path, compute } of fields) setComputed(added, path, compute(document));
      return added;
    });
}

function addedFields(
  specification: Doc,
  prefix: readonly string[],
): { path: string[]; compute: (document: Doc) => unknown }[] {
  return Object.entries(specification).flatMap(([field, value]) => {
    const parts = field.split('.');
    checkFieldNames(parts);
    const path = [...prefix, ...parts];
    const nested =
      isDoc(value) && Object.keys(value).length > 0 && !Object.keys(value).some((name) => name.startsWith('$'));
    return nested ? addedFields(value, path) : [{ path, compute: compileExpression(value) }];
  });
}

function compileReplaceRoot(operand: unknown): Stage {
  const compute = compileExpression(operand);
  return (documents) =>
    documents.map((document) => {
      const root = compute(asDoc(document));
      if (isDoc(root)) return root;
      throw new CommandError(40228, "'newRoot' expression must evaluate to an object");
    });
}

function compileGroup(operand: unknown): Stage {
  if (!isDoc(operand)) throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(operand, '_id')) throw new CommandError(15955, 'a group specification must include an _id');
  const groupId = compileExpression(operand._id);
  const fields = Object.entries(operand)
    .filter(([field]) => field !== '_id')
    .map(([field, value]) => groupField(field, value));
  return (documents) =>
    later(() => {
      const groups = new Map<string, { id: unknown; totals: ReturnType<(typeof fields)[number]['make']>[] }>();
      documents.each((value) => {
        const document = asDoc(value);
        const id = groupId(document) ?? null;
        const key = keyOf(id);
        const group = groups.get(key) ?? { id, totals: fields.map((field) => field.make()) };
        groups.set(key, group);
        fields.forEach((field, i) => {
          group.totals[i]?.add(field.compute(document));
        });
      });
      return [...groups.values()].map(({ id, totals }) => {
        const document: Doc = { _id: id };
        fields.forEach(({ name }, i) => {
          setField(document, name, totals[i]?.result());
        });
        return document;
      });
    });
}

function groupField(name: string, value: unknown) {
  if (name.includes('.')) throw new CommandError(40235, `The field name '${name}' cannot contain '.'`);
  if (name.startsWith('$')) throw new CommandError(40236, `The field name '${name}' cannot be an operator name`);
  if (!isDoc(value)) throw new CommandError(40234, `The field '${name}' must be an accumulator object`);
  const [operator, ...more] = Object.keys(value);
  if (operator === undefined || more.length > 0)
    throw new CommandError(40238, `The field '${name}' must specify one accumulator`);
  const make =
    operator === '$count'
      ? accumulators.$sum
      : Object.hasOwn(accumulators, operator)
        ? accumulators[operator]
        : undefined;
  if (!make) throw new CommandError(15952, `unknown group operator '${operator}'`);
  if (operator === '$count') {
    if (!isDoc(value.$count) || Object.keys(value.$count).length > 0)
      throw new CommandError(9, '$count only supports an empty object');
    return { name, make, compute: () => 1 };
  }
  return { name, make, compute: compileExpression(value[operator]) };
}

function compileUnwind(operand: unknown): Stage {
  const options = typeof operand === 'string' ? { path: operand } : operand;
  if (!isDoc(options))
    throw new CommandError(15981, 'expected either a string or an object as specification for $unwind stage');
  for (const field of Object.keys(options)) {
    if (!['path', 'preserveNullAndEmptyArrays', 'includeArrayIndex'].includes(field)) {
      throw new CommandError(28811, `unrecognized option to $unwind stage: ${field}`);
    }
  }
  const { path, preserveNullAndEmptyArrays: preserve = false, includeArrayIndex: indexField } = options;
  if (typeof path !== 'string') throw new CommandError(28812, 'no path specified to $unwind stage');
  if (!path.startsWith('$'))
    throw new CommandError(28818, `path option to $unwind stage should be prefixed with a '$': ${path}`);
  if (typeof preserve !== 'boolean')
    throw new CommandError(28809, 'expected a boolean for the preserveNullAndEmptyArrays option to $unwind stage');
  if (indexField !== undefined && (typeof indexField !== 'string' || indexField === '')) {
    throw new CommandError(28810, 'expected a non-empty string for the includeArrayIndex option to $unwind stage');
  }
  const parts = path.slice(1).split('.');
  checkFieldNames(parts);
  return (documents) => {
    let pending: Doc[] = [];
    return Lazy(() => {
      for (;;) {
        const ready = pending.shift();
        if (ready) return { value: ready, done: false };
        const { value, done } = documents.next();
        if (done) return { value: undefined, done: true };
        pending = unwind(asDoc(value));
      }
    });
  };

  function unwind(document: Doc): Doc[] {
    const value = parts.reduce<unknown>((inner, part) => (isDoc(inner) ? getField(inner, part) : undefined), document);
    if (Array.isArray(value) && value.length > 0) {
      return value.map((element, i) => indexed(replaced(document, element), i));
    }
    if (value === undefined || value === null) return preserve ? [indexed({ ...document }, null)] : [];
    if (Array.isArray(value)) return preserve ? [indexed(replaced(document, undefined), null)] : [];
    return [indexed({ ...document }, null)];
  }

  function replaced(document: Doc, element: unknown): Doc {
    const copy = { ...document };
    setComputed(copy, parts, element);
    return copy;
  }

  function indexed(document: Doc, index: number | null): Doc {
    if (typeof indexField === 'string') setComputed(document, indexField.split('.'), index);
    return document;
  }
}
