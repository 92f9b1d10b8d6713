import { type Doc, isDoc, regexParts, toNumber } from '../values/bson-values.js';
import { visitLeaf, visitPath } from '../values/field-paths.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { compileRegexOperand } from '../values/regex.js';
import { type ValuePredicate, valueOperators } from '../values/value-predicates.js';

/** An operator with its operand: asked about what a path finds in a document, or about one value (inside `$elemMatch`). */
export interface Condition {
  onPath(document: Doc, parts: readonly string[]): boolean;
  onValue(value: unknown): boolean;
}

/** Compiles a whole filter; `filter.ts` passes its own, which `$elemMatch` needs for the documents in an array. */
export type CompileFilter = (filter: Doc) => (document: Doc) => boolean;

const unsupported = new Set([
  ...['$bitsAllSet', '$bitsAllClear', '$bitsAnySet', '$bitsAnyClear', '$geoIntersects', '$within'],
]);

/** Is it an object of operators, such as `{ $gt: 5 }`, rather than a document to be equal to? */
export function isOperatorDoc(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  const [first] = Object.keys(value);
  return first?.startsWith('$') === true && !['$ref', '$id', '$db'].includes(first);
}

/** All of an operator object's conditions; refuses what MongoDB refuses, with its codes. */
export function compileConditions(operators: Doc, compileFilter: CompileFilter): [string, Condition][] {
  const conditions: [string, Condition][] = [];
  for (const [name, operand] of Object.entries(operators)) {
    if (name === '$options') {
      if (!('$regex' in operators)) throw badValue('$options needs a $regex');
      continue;
    }
    const condition = name === '$regex' ? regexCondition(operators) : compileCondition(name, operand, compileFilter);
    conditions.push([name, condition]);
  }
  return conditions;
}

function compileCondition(name: string, operand: unknown, compileFilter: CompileFilter): Condition {
  const compileValue = valueOperators[name];
  if (compileValue) return leafCondition(compileValue(operand));
  switch (name) {
    case '$ne':
      if (regexParts(operand)) throw badValue("Can't have regex as arg to $ne.");
      return negate([leafCondition(compiled('$eq', operand))]);
    case '$nin':
      if (!Array.isArray(operand)) throw badValue('$nin needs an array');
      return negate([leafCondition(compiled('$in', operand))]);
    case '$not':
      return negate(notOperand(operand, compileFilter));
    case '$exists':
      return existsCondition(isTrue(operand));
    case '$size':
      return wholeCondition(compileSize(operand));
    case '$all':
      return allCondition(operand, compileFilter);
    case '$elemMatch':
      return wholeCondition(compileElemMatch(operand, compileFilter));
  }
  if (name === '$near' || name === '$nearSphere' || name === '$geoNear') {
    throw new CommandError(291, 'error processing query: unable to find index for $geoNear query');
  }
  if (unsupported.has(name)) throw notImplemented(`The query operator ${name}`);
  throw badValue(`unknown operator: ${name}`);
}

function compiled(name: string, operand: unknown): ValuePredicate {
  const compile = valueOperators[name];
  if (!compile) throw badValue(`unknown operator: ${name}`);
  return compile(operand);
}

function leafCondition(test: ValuePredicate): Condition {
  return {
    onPath: (document, parts) => {
      const [field = ''] = parts;
      if (parts.length === 1) {
        const value = Object.hasOwn(document, field) ? document[field] : undefined;
        if (!Array.isArray(value)) return test(value);
      }
      return visitLeaf(document, parts, test);
    },
    onValue: test,
  };
}

function wholeCondition(test: ValuePredicate): Condition {
  return { onPath: (document, parts) => visitPath(document, parts, test), onValue: test };
}

function negate(conditions: readonly Condition[]): Condition {
  return {
    onPath: (document, parts) => !conditions.every((condition) => condition.onPath(document, parts)),
    onValue: (value) => !conditions.every((condition) => condition.onValue(value)),
  };
}

function existsCondition(wanted: boolean): Condition {
  const found: ValuePredicate = (value) => value !== undefined;
  return {
    onPath: (document, parts) => visitPath(document, parts, found) === wanted,
    onValue: (value) => found(value) === wanted,
  };
}

function regexCondition(operators: Doc): Condition {
  return leafCondition(compileRegexOperand(operators.$regex, operators.$options));
}

function notOperand(operand: unknown, compileFilter: CompileFilter): Condition[] {
  if (regexParts(operand)) return [leafCondition(compileRegexOperand(operand, undefined))];
  if (!isDoc(operand)) throw badValue('$not needs a regex or a document');
  if (Object.keys(operand).length === 0) throw badValue('$not cannot be empty');
  return compileConditions(operand, compileFilter).map(([, condition]) => condition);
}

function compileSize(operand: unknown): ValuePredicate {
  const size = toNumber(operand);
  if (size === undefined) throw badValue(`Failed to parse $size. Expected a number in: $size: ${String(operand)}`);
  if (!Number.isInteger(size)) throw badValue(`Failed to parse $size. Expected an integer: $size: ${size}`);
  if (size < 0) throw badValue(`Failed to parse $size. Expected a non-negative number in: $size: ${size}`);
  return (value) => Array.isArray(value) && value.length === size;
}

function allCondition(operand: unknown, compileFilter: CompileFilter): Condition {
  if (!Array.isArray(operand)) throw badValue('$all needs an array');
  const elemMatch = operand.some((element) => isOperatorDoc(element) && '$elemMatch' in element);
  const conditions = operand.map((element): Condition => {
    if (elemMatch) {
      if (!isDoc(element) || Object.keys(element).join() !== '$elemMatch')
        throw badValue('$all/$elemMatch has to be consistent');
      return wholeCondition(compileElemMatch(element.$elemMatch, compileFilter));
    }
    if (isOperatorDoc(element)) throw badValue('no $ expressions in $all');
    return leafCondition(regexParts(element) ? compileRegexOperand(element, undefined) : compiled('$eq', element));
  });
  const some = conditions.length > 0;
  return {
    onPath: (document, parts) => some && conditions.every((condition) => condition.onPath(document, parts)),
    onValue: (value) => some && conditions.every((condition) => condition.onValue(value)),
  };
}

/** `$elemMatch` over an array: its documents against a filter, or its elements against operators. */
export function compileElemMatch(operand: unknown, compileFilter: CompileFilter): ValuePredicate {
  if (!isDoc(operand)) throw badValue('$elemMatch needs an Object');
  const [first = ''] = Object.keys(operand);
  if (isOperatorDoc(operand) && !['$and', '$or', '$nor', '$where', '$expr'].includes(first)) {
    const conditions = compileConditions(operand, compileFilter);
    return (value) =>
      Array.isArray(value) && value.some((element) => conditions.every(([, condition]) => condition.onValue(element)));
  }
  const matches = compileFilter(operand);
  return (value) =>
    Array.isArray(value) &&
    value.some(
      (element) => (isDoc(element) && matches(element)) || (Array.isArray(element) && matches({ ...element })),
    );
}

/** MongoDB's truth: false, 0, null and missing are false, everything else is true. */
export function isTrue(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  const number = toNumber(value);
  return number === undefined || number !== 0;
}
