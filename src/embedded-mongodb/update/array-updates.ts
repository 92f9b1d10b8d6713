import { compileFilter } from '../query/filter.js';
import { compileConditions, isOperatorDoc } from '../query/filter-operators.js';
import { compileSort } from '../query/sort.js';
import { type Doc, isDoc, regexParts, toNumber } from '../values/bson-values.js';
import { compareBson, equalBson } from '../values/compare.js';
import { badValue, CommandError } from '../values/mongo-errors.js';

/** What an array becomes; undefined where it stays as it is. `appended` where only new elements were put at its end. */
export interface ArrayChange {
  array: unknown[];
  appended: boolean;
}

/** Changes an array; `exists` is false where the field is missing and the array is a new empty one. */
export type ArrayUpdate = (array: readonly unknown[], exists: boolean) => ArrayChange | undefined;

/** Operators on arrays, with their operands compiled and checked. */
export const arrayUpdates: Readonly<Record<string, (operand: unknown) => ArrayUpdate>> = {
  $push: compilePush,
  $addToSet: compileAddToSet,
  $pop: compilePop,
  $pull: compilePull,
  $pullAll: (operand) => {
    if (!Array.isArray(operand)) throw badValue('$pullAll requires an array argument but was given another type');
    return remove((element) => operand.some((value) => equalBson(value, element)));
  },
};

function compilePush(operand: unknown): ArrayUpdate {
  if (!isDoc(operand) || !Object.hasOwn(operand, '$each')) {
    return (array) => ({ array: [...array, operand], appended: true });
  }
  const unknown = Object.keys(operand).find((name) => !['$each', '$position', '$slice', '$sort'].includes(name));
  if (unknown !== undefined) throw badValue(`Unrecognized clause in $push: ${unknown}`);
  const { $each: each } = operand;
  if (!Array.isArray(each))
    throw badValue('The argument to $each in $push must be an array but it was of another type');
  const position = modifier(operand, '$position');
  const slice = modifier(operand, '$slice');
  const sort = Object.hasOwn(operand, '$sort') ? compileArraySort(operand.$sort) : undefined;
  return (array, exists) => {
    const at = position === undefined ? array.length : position < 0 ? Math.max(0, array.length + position) : position;
    let next = [...array.slice(0, at), ...each, ...array.slice(at)];
    if (sort) next = sort(next);
    if (slice !== undefined) next = slice < 0 ? next.slice(slice) : next.slice(0, slice);
    const same = next.length === array.length && next.every((element, i) => element === array[i]);
    if (same && exists) return undefined;
    return { array: next, appended: at >= array.length && !sort && slice === undefined };
  };
}

function modifier(operand: Doc, name: string): number | undefined {
  if (!Object.hasOwn(operand, name)) return undefined;
  const number = toNumber(operand[name]);
  if (number === undefined || !Number.isInteger(number)) {
    throw badValue(`The value for ${name} must be an integer value but was given another type`);
  }
  return number;
}

function compileArraySort(specification: unknown): (array: readonly unknown[]) => unknown[] {
  if (!isDoc(specification)) {
    const direction = toNumber(specification);
    if (direction !== 1 && direction !== -1) throw badValue('The $sort element value must be either 1 or -1');
    return (array) => [...array].sort((a, b) => compareBson(a, b) * direction);
  }
  if (Object.keys(specification).length === 0)
    throw badValue('The $sort pattern is empty when it should be a set of fields.');
  const wrapped = compileSort(
    Object.fromEntries(Object.entries(specification).map(([path, order]) => [`element.${path}`, order])),
  );
  return (array) => wrapped?.(array.map((element) => ({ element }))).map(({ element }) => element) ?? [...array];
}

function compileAddToSet(operand: unknown): ArrayUpdate {
  const withEach = isDoc(operand) && Object.keys(operand)[0] === '$each';
  if (withEach) {
    if (Object.keys(operand).length > 1)
      throw badValue(`Found unexpected fields after $each in $addToSet: ${JSON.stringify(operand)}`);
    if (!Array.isArray(operand.$each))
      throw new CommandError(14, 'The argument to $each in $addToSet must be an array but it was of another type');
  }
  const values: unknown[] = withEach && Array.isArray(operand.$each) ? operand.$each : [operand];
  return (array, exists) => {
    const next = [...array];
    for (const value of values) if (!next.some((element) => equalBson(element, value))) next.push(value);
    return next.length === array.length && exists ? undefined : { array: next, appended: false };
  };
}

function compilePop(operand: unknown): ArrayUpdate {
  const end = toNumber(operand);
  if (end !== 1 && end !== -1) throw new CommandError(9, `$pop expects 1 or -1, found: ${String(operand)}`);
  return (array) => {
    if (array.length === 0) return undefined;
    return { array: end === 1 ? array.slice(0, -1) : array.slice(1), appended: false };
  };
}

function compilePull(operand: unknown): ArrayUpdate {
  if (isOperatorDoc(operand) || regexParts(operand)) {
    const operators = isOperatorDoc(operand) ? operand : { $regex: operand };
    const conditions = compileConditions(operators, compileFilter);
    return remove((element) => conditions.every(([, condition]) => condition.onPath({ element }, ['element'])));
  }
  if (!isDoc(operand)) return remove((element) => equalBson(element, operand));
  const matches = compileFilter(operand);
  return remove((element) => isDoc(element) && matches(element));
}

const remove =
  (matches: (element: unknown) => boolean): ArrayUpdate =>
  (array) => {
    const next = array.filter((element) => !matches(element));
    return next.length === array.length ? undefined : { array: next, appended: false };
  };
