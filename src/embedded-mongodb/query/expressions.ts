import { Decimal128 } from 'bson';
import { calculateAsExpression } from '../values/arithmetic.js';
import { type Doc, isBsonNumber, isDoc, regexParts, setField, storedDouble, toNumber } from '../values/bson-values.js';
import { compareBson } from '../values/compare.js';
import { calculateDecimal, toDecimal } from '../values/decimal.js';
import { fieldPathValue } from '../values/field-paths.js';
import { CommandError, notImplemented } from '../values/mongo-errors.js';
import { typeAlias } from '../values/value-predicates.js';
import { isTrue } from './filter-operators.js';

/** Evaluates to a value; undefined is missing. */
export type Expression = (document: Doc) => unknown;

/** Makes an operator's expression of those of its arguments. */
type Operator = (args: readonly Expression[]) => Expression;

/** Compiles an aggregation expression. Throws InvalidPipelineOperator (168) for operators that are not served. */
export function compileExpression(expression: unknown): Expression {
  if (typeof expression === 'string') return compilePath(expression);
  if (Array.isArray(expression)) {
    const elements = expression.map(compileExpression);
    return (document) => elements.map((element) => element(document) ?? null);
  }
  if (regexParts(expression)) throw notImplemented('A regular expression in an expression');
  if (!isDoc(expression)) return () => expression;
  const fields = Object.keys(expression);
  const [first] = fields;
  if (first === undefined || !fields.some((field) => field.startsWith('$'))) return compileDocument(expression);
  if (fields.length > 1) {
    throw new CommandError(
      15983,
      `an expression specification must contain exactly one field, the name of the expression. Found ${fields.length} fields in ${JSON.stringify(expression)}`,
    );
  }
  return compileOperator(first, expression[first]);
}

const evaluated =
  (operate: (...values: unknown[]) => unknown): Operator =>
  (args) =>
  (document) =>
    operate(...args.map((argument) => argument(document)));

const comparison = (holds: (order: number) => unknown): Operator =>
  evaluated((a, b) => {
    // Here, unlike in a filter, missing is less than null.
    if (a === undefined || b === undefined) return holds(Number(a !== undefined) - Number(b !== undefined));
    return holds(compareBson(a, b));
  });

const isNil = (value: unknown): boolean => value === undefined || value === null;

const fold = (operation: 'add' | 'multiply'): Operator =>
  evaluated((...values) => {
    if (values.some(isNil)) return null;
    return values.reduce(
      (total, value) => {
        if (!isBsonNumber(total) || !isBsonNumber(value)) throw numeric(`$${operation}`, value);
        return calculateAsExpression(operation, total, value);
      },
      operation === 'add' ? 0 : 1,
    );
  });

const numeric = (operator: string, value: unknown): CommandError =>
  new CommandError(14, `${operator} only supports numeric types, not ${typeAlias(value)}`);

const operators: Readonly<Record<string, Operator>> = {
  $eq: comparison((order) => order === 0),
  $ne: comparison((order) => order !== 0),
  $gt: comparison((order) => order > 0),
  $gte: comparison((order) => order >= 0),
  $lt: comparison((order) => order < 0),
  $lte: comparison((order) => order <= 0),
  $cmp: comparison((order) => Math.sign(order)),
  $and: (args) => (document) => args.every((argument) => isTrue(argument(document))),
  $or: (args) => (document) => args.some((argument) => isTrue(argument(document))),
  $not: evaluated((value) => !isTrue(value)),
  $cond:
    ([test, then, otherwise]) =>
    (document) =>
      isTrue(test?.(document)) ? then?.(document) : otherwise?.(document),
  $ifNull: (args) => (document) => {
    for (const argument of args.slice(0, -1)) {
      const value = argument(document);
      if (!isNil(value)) return value;
    }
    return args.at(-1)?.(document);
  },
  $add: fold('add'),
  $multiply: fold('multiply'),
  $subtract: evaluated((a, b) => {
    if (isNil(a) || isNil(b)) return null;
    if (!isBsonNumber(a) || !isBsonNumber(b)) throw numeric('$subtract', isBsonNumber(a) ? b : a);
    return calculateAsExpression('subtract', a, b);
  }),
  $divide: evaluated((a, b) => {
    if (isNil(a) || isNil(b)) return null;
    if (!isBsonNumber(a) || !isBsonNumber(b)) throw numeric('$divide', isBsonNumber(a) ? b : a);
    if (toNumber(b) === 0) throw new CommandError(2, "can't $divide by zero");
    if (a instanceof Decimal128 || b instanceof Decimal128) {
      return calculateDecimal('divide', toDecimal(a), toDecimal(b));
    }
    return storedDouble((toNumber(a) ?? Number.NaN) / (toNumber(b) ?? Number.NaN));
  }),
  $size: evaluated((array) => {
    if (!Array.isArray(array))
      throw new CommandError(17124, `The argument to $size must be an array, but was of type: ${typeAlias(array)}`);
    return array.length;
  }),
  $isArray: evaluated(Array.isArray),
  $type: evaluated(typeAlias),
  $in: evaluated((value, array) => {
    if (!Array.isArray(array))
      throw new CommandError(40081, `$in requires an array as a second argument, found: ${typeAlias(array)}`);
    return array.some((element) => compareBson(element, value) === 0);
  }),
  $concat: evaluated((...values) => {
    if (values.some(isNil)) return null;
    const other = values.find((value) => typeof value !== 'string');
    if (other !== undefined) throw new CommandError(16702, `$concat only supports strings, not ${typeAlias(other)}`);
    return values.join('');
  }),
};

/** Is it the name of an operator that expressions may use? */
export const isExpressionName = (name: string): boolean =>
  Object.hasOwn(operators, name) || name === '$literal' || name === '$function';

const arity: Readonly<Record<string, number>> = {
  ...{ $eq: 2, $ne: 2, $gt: 2, $gte: 2, $lt: 2, $lte: 2, $cmp: 2, $subtract: 2, $divide: 2, $in: 2 },
  ...{ $not: 1, $size: 1, $isArray: 1, $type: 1 },
};

function compileDocument(specification: Doc): Expression {
  const fields = Object.entries(specification).map(([field, value]) => {
    if (field.includes('.')) {
      throw new CommandError(16412, `FieldPath field names may not contain '.'. Consider using $getField or $setField`);
    }
    return { field, compute: compileExpression(value) };
  });
  return (document) => {
    const made: Doc = {};
    for (const { field, compute } of fields) {
      const value = compute(document);
      if (value !== undefined) setField(made, field, value);
    }
    return made;
  };
}

function compileOperator(name: string, operand: unknown): Expression {
  if (name === '$literal') return () => operand;
  if (name === '$function' || name === '$accumulator') {
    throw new CommandError(31264, 'Cannot run server-side javascript without the javascript engine enabled');
  }
  const operator = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!operator) throw new CommandError(168, `Unrecognized expression '${name}'`);
  const wanted = arity[name];
  const given = Array.isArray(operand) ? operand.length : 1;
  if (wanted !== undefined && given !== wanted) {
    throw new CommandError(16020, `Expression ${name} takes exactly ${wanted} arguments. ${given} were passed in.`);
  }
  if (name === '$ifNull' && given < 2)
    throw new CommandError(1257300, `$ifNull needs at least two arguments, had: ${given}`);
  const args: unknown[] = name === '$cond' ? condArguments(operand) : Array.isArray(operand) ? operand : [operand];
  return operator(args.map(compileExpression));
}

function condArguments(operand: unknown): unknown[] {
  if (Array.isArray(operand)) {
    if (operand.length !== 3)
      throw new CommandError(16020, `Expression $cond takes exactly 3 arguments. ${operand.length} were passed in.`);
    return operand;
  }
  if (!isDoc(operand)) throw new CommandError(16020, 'Expression $cond takes exactly 3 arguments. 1 were passed in.');
  const unknown = Object.keys(operand).find((field) => !['if', 'then', 'else'].includes(field));
  if (unknown !== undefined) throw new CommandError(17083, `Unrecognized parameter to $cond: ${unknown}`);
  const missing = ['if', 'then', 'else'].find((field) => !Object.hasOwn(operand, field));
  if (missing !== undefined) throw new CommandError(17080, `Missing '${missing}' parameter to $cond`);
  return [operand.if, operand.then, operand.else];
}

function compilePath(path: string): Expression {
  if (!path.startsWith('$')) return () => path;
  if (path === '$$ROOT' || path === '$$CURRENT') return (document) => document;
  if (path === '$$REMOVE') return () => undefined;
  if (path === '$$NOW') throw notImplemented('The variable NOW');
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
  return (document) => fieldPathValue(document, parts);
}
