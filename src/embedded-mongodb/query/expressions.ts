import { Context, evalExpr } from 'mingo/core';
import { calculateAsExpression } from '../values/arithmetic.js';
import { type Doc, isBsonNumber, isDoc, regexParts, storedDouble, toNumber } from '../values/bson-values.js';
import { compareBson } from '../values/compare.js';
import { CommandError, notImplemented } from '../values/mongo-errors.js';
import { fieldPathValue } from '../values/paths.js';
import { typeAlias } from '../values/value-predicates.js';
import { isTrue } from './filter-operators.js';

/** Evaluates to a value; undefined is missing. */
export type Expression = (document: Doc) => unknown;

type Options = Parameters<typeof evalExpr>[2];
const defaults = {
  idKey: '_id',
  processingMode: 0,
  useStrictMode: true,
  scriptEnabled: false,
  failOnError: true,
} as const;

type Operator = (object: unknown, operand: unknown, options: Options) => unknown;

/**
 * Compiles an aggregation expression. mingo evaluates it, with operators of ours where mingo's disagree with MongoDB (numbers,
 * comparisons, truth, paths through arrays). Throws InvalidPipelineOperator (168) for operators that are not served.
 */
export function compileExpression(expression: unknown): Expression {
  if (typeof expression === 'string' && /^\$[^$.]+$/.test(expression)) {
    const field = expression.slice(1);
    return (document) => (Object.hasOwn(document, field) ? document[field] : undefined);
  }
  const normal = normalise(expression);
  if (isLiteral(normal)) return () => normal;
  const options: Options = { ...defaults, context: Context.init({ expression: { ...operators } }) };
  if (!hasDocument(normal)) return (document) => evalExpr(document, normal, options);
  return (document) => withoutMissing(evalExpr(document, normal, options));
}

const isLiteral = (value: unknown): boolean => typeof value !== 'string' && !isDoc(value) && !Array.isArray(value);

/** Does it make documents, whose missing fields mingo would leave in as undefined? */
function hasDocument(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.some(hasDocument);
  if (!isDoc(expression)) return false;
  const names = Object.keys(expression);
  return !names.some((name) => name.startsWith('$')) || Object.values(expression).some(hasDocument);
}

function withoutMissing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMissing);
  if (!isDoc(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([field, inner]) => (inner === undefined ? [] : [[field, withoutMissing(inner)]])),
  );
}

/** Arguments are one array, or one value that stands alone. */
const argumentsOf = (object: unknown, operand: unknown, options: Options): unknown[] =>
  Array.isArray(operand)
    ? operand.map((argument) => evalExpr(object, argument, options))
    : [evalExpr(object, operand, options)];

const comparison =
  (holds: (order: number) => unknown): Operator =>
  (object, operand, options) => {
    const [a, b] = argumentsOf(object, operand, options);
    // Here, unlike in a filter, missing is less than null.
    if (a === undefined || b === undefined)
      return holds(Number(b === undefined) - Number(a === undefined) === 0 ? 0 : a === undefined ? -1 : 1);
    return holds(compareBson(a, b));
  };

const isNil = (value: unknown): boolean => value === undefined || value === null;

const fold =
  (operation: 'add' | 'multiply'): Operator =>
  (object, operand, options) => {
    const values = argumentsOf(object, operand, options);
    if (values.some(isNil)) return null;
    return values.reduce(
      (total, value) => {
        if (!isBsonNumber(total) || !isBsonNumber(value)) throw numeric(`$${operation}`, value);
        return calculateAsExpression(operation, total, value);
      },
      operation === 'add' ? 0 : 1,
    );
  };

const numeric = (operator: string, value: unknown): CommandError =>
  new CommandError(14, `${operator} only supports numeric types, not ${typeAlias(value)}`);

const operators: Readonly<Record<`$${string}`, Operator>> = {
  $literal: (_object, operand) => operand,
  $path: (object, operand, options) => {
    return Array.isArray(operand) ? fieldPathValue(evalExpr(object, '$$ROOT', options), operand) : undefined;
  },
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: comparison((order) => Math.sign(order)),
  $and: (object, operand, options) => argumentsOf(object, operand, options).every(isTrue),
  $or: (object, operand, options) => argumentsOf(object, operand, options).some(isTrue),
  $not: (object, operand, options) => !isTrue(argumentsOf(object, operand, options)[0]),
  $cond: (object, operand, options) => {
    const [test, then, otherwise] = Array.isArray(operand)
      ? operand
      : isDoc(operand)
        ? [operand.if, operand.then, operand.else]
        : [];
    return evalExpr(object, isTrue(evalExpr(object, test, options)) ? then : otherwise, options);
  },
  $ifNull: (object, operand, options) => {
    const values = argumentsOf(object, operand, options);
    return values.find((value) => !isNil(value)) ?? values.at(-1);
  },
  $add: fold('add'),
  $multiply: fold('multiply'),
  $subtract: (object, operand, options) => {
    const [a, b] = argumentsOf(object, operand, options);
    if (isNil(a) || isNil(b)) return null;
    if (!isBsonNumber(a) || !isBsonNumber(b)) throw numeric('$subtract', isBsonNumber(a) ? b : a);
    return calculateAsExpression('subtract', a, b);
  },
  $divide: (object, operand, options) => {
    const [a, b] = argumentsOf(object, operand, options);
    if (isNil(a) || isNil(b)) return null;
    const [x, y] = [toNumber(a), toNumber(b)];
    if (x === undefined || y === undefined) throw numeric('$divide', x === undefined ? a : b);
    if (y === 0) throw new CommandError(2, "can't $divide by zero");
    return storedDouble(x / y);
  },
  $size: (object, operand, options) => {
    const [array] = argumentsOf(object, operand, options);
    if (!Array.isArray(array))
      throw new CommandError(17124, `The argument to $size must be an array, but was of type: ${typeAlias(array)}`);
    return array.length;
  },
  $isArray: (object, operand, options) => Array.isArray(argumentsOf(object, operand, options)[0]),
  $type: (object, operand, options) => typeAlias(argumentsOf(object, operand, options)[0]),
  $in: (object, operand, options) => {
    const [value, array] = argumentsOf(object, operand, options);
    if (!Array.isArray(array))
      throw new CommandError(40081, `$in requires an array as a second argument, found: ${typeAlias(array)}`);
    return array.some((element) => compareBson(element, value) === 0);
  },
  $concat: (object, operand, options) => {
    const values = argumentsOf(object, operand, options);
    if (values.some(isNil)) return null;
    if (values.some((value) => typeof value !== 'string')) {
      throw new CommandError(
        16702,
        `$concat only supports strings, not ${typeAlias(values.find((value) => typeof value !== 'string'))}`,
      );
    }
    return values.join('');
  },
};

/** Is it the name of an operator that expressions may use? */
export const isExpressionName = (name: string): boolean =>
  name !== '$path' && (Object.hasOwn(operators, name) || name === '$function');

const arity: Readonly<Record<string, number>> = {
  ...{ $eq: 2, $ne: 2, $gt: 2, $gte: 2, $lt: 2, $lte: 2, $cmp: 2, $subtract: 2, $divide: 2, $in: 2 },
  ...{ $not: 1, $size: 1, $isArray: 1, $type: 1 },
};

/** Checks the operators and turns field paths into ones that walk as MongoDB's do. */
function normalise(expression: unknown): unknown {
  if (typeof expression === 'string') return normalisePath(expression);
  if (Array.isArray(expression)) return expression.map(normalise);
  if (regexParts(expression)) throw notImplemented('A regular expression in an expression');
  if (!isDoc(expression)) return expression;
  const fields = Object.keys(expression);
  const [first] = fields;
  if (first === undefined || !fields.some((field) => field.startsWith('$'))) {
    return Object.fromEntries(
      Object.entries(expression).map(([field, value]) => {
        if (field.includes('.'))
          throw new CommandError(
            16412,
            `FieldPath field names may not contain '.'. Consider using $getField or $setField`,
          );
        return [field, normalise(value)];
      }),
    );
  }
  if (fields.length > 1) {
    throw new CommandError(
      15983,
      `an expression specification must contain exactly one field, the name of the expression. Found ${fields.length} fields in ${JSON.stringify(expression)}`,
    );
  }
  return normaliseOperator(first, expression[first]);
}

function normaliseOperator(name: string, operand: unknown): Doc {
  if (name === '$literal') return { $literal: operand };
  if (name === '$function' || name === '$accumulator') {
    throw new CommandError(31264, 'Cannot run server-side javascript without the javascript engine enabled');
  }
  if (name === '$path' || !Object.hasOwn(operators, name))
    throw new CommandError(168, `Unrecognized expression '${name}'`);
  const wanted = arity[name];
  const given = Array.isArray(operand) ? operand.length : 1;
  if (wanted !== undefined && given !== wanted) {
    throw new CommandError(16020, `Expression ${name} takes exactly ${wanted} arguments. ${given} were passed in.`);
  }
  if (name === '$cond') return normaliseCond(operand);
  if (name === '$ifNull' && given < 2)
    throw new CommandError(1257300, `$ifNull needs at least two arguments, had: ${given}`);
  return { [name]: normalise(operand) };
}

function normaliseCond(operand: unknown): Doc {
  if (Array.isArray(operand)) {
    if (operand.length !== 3)
      throw new CommandError(16020, `Expression $cond takes exactly 3 arguments. ${operand.length} were passed in.`);
    return { $cond: operand.map(normalise) };
  }
  if (!isDoc(operand)) throw new CommandError(16020, 'Expression $cond takes exactly 3 arguments. 1 were passed in.');
  const unknown = Object.keys(operand).find((field) => !['if', 'then', 'else'].includes(field));
  if (unknown !== undefined) throw new CommandError(17083, `Unrecognized parameter to $cond: ${unknown}`);
  const missing = ['if', 'then', 'else'].find((field) => !Object.hasOwn(operand, field));
  if (missing !== undefined) throw new CommandError(17080, `Missing '${missing}' parameter to $cond`);
  return { $cond: [operand.if, operand.then, operand.else].map(normalise) };
}

function normalisePath(path: string): unknown {
  if (!path.startsWith('$')) return path;
  if (path === '$$ROOT' || path === '$$CURRENT' || path === '$$NOW' || path === '$$REMOVE') return path;
  const parts = path
    .slice(1)
    .replace(/^\$(?:ROOT|CURRENT)\./, '')
    .split('.');
  if (parts[0]?.startsWith('$')) {
    const name = parts[0].slice(1);
    throw new CommandError(17276, `Use of undefined variable: ${name}`);
  }
  if (parts.some((part) => part === '')) {
    throw new CommandError(
      path === '$' ? 16872 : 15998,
      path === '$' ? "'$' by itself is not a valid FieldPath" : 'FieldPath field names may not be empty strings.',
    );
  }
  return { $path: parts };
}
