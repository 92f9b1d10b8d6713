import { compileExpression } from '../query/expressions.js';
import { compileFilter } from '../query/filter.js';
import { checkFieldNames, compileProjection, setComputed } from '../query/projection.js';
import { compileSort } from '../query/sort.js';
import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { CommandError } from '../values/mongo-errors.js';
import { compileGroup } from './group.js';
import type { Stage } from './stage.js';
import { compileUnwind } from './unwind.js';

/** Aggregation stages that are served. */
export const stageCompilers: Readonly<Record<string, (operand: unknown) => Stage>> = {
  $match: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15959, 'the match filter must be an expression in an object');
    const matches = compileFilter(operand);
    return function* (documents) {
      for (const document of documents) if (matches(document)) yield document;
    };
  },
  $sort: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15973, 'the $sort key specification must be an object');
    const sort = compileSort(operand);
    if (!sort) throw new CommandError(15976, '$sort stage must have at least one sort key');
    return function* (documents) {
      yield* sort([...documents]);
    };
  },
  $limit: (operand) => {
    const limit = wholeNumber(operand, 2107201, 'invalid argument to $limit stage');
    if (limit === 0) throw new CommandError(15958, 'the limit must be positive');
    return function* (documents) {
      let left = limit;
      for (const document of documents) {
        yield document;
        left -= 1;
        if (left === 0) return;
      }
    };
  },
  $skip: (operand) => {
    const skip = wholeNumber(operand, 5107200, 'invalid argument to $skip stage');
    return function* (documents) {
      let left = skip;
      for (const document of documents) {
        if (left > 0) left -= 1;
        else yield document;
      }
    };
  },
  $count: (operand) => {
    if (typeof operand !== 'string') throw new CommandError(40156, 'the count field must be a non-empty string');
    if (operand === '') throw new CommandError(40157, 'the count field must be a non-empty string');
    if (operand.startsWith('$')) throw new CommandError(40158, 'the count field cannot be a $-prefixed path');
    if (operand.includes('.')) throw new CommandError(40160, "the count field cannot contain '.'");
    return function* (documents) {
      let count = 0;
      for (const _document of documents) count += 1;
      if (count > 0) yield { [operand]: count };
    };
  },
  $project: (operand) => {
    if (!isDoc(operand)) throw new CommandError(15969, '$project specification must be an object');
    const project = compileProjection(operand, true);
    return project ? mapping(project) : (documents) => documents;
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
    return project ? mapping(project) : (documents) => documents;
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
    return function* (documents) {
      yield* sort?.([...group(documents)]) ?? [];
    };
  },
  $unwind: compileUnwind,
};

const mapping = (change: (document: Doc) => Doc): Stage =>
  function* (documents) {
    for (const document of documents) yield change(document);
  };

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
  return mapping((document) => {
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
  return mapping((document) => {
    const root = compute(document);
    if (isDoc(root)) return root;
    throw new CommandError(40228, "'newRoot' expression must evaluate to an object");
  });
}
