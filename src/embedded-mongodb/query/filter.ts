import { Context } from 'mingo/core';
import { $and, $nor, $or } from 'mingo/operators/query/logical';
import { Query } from 'mingo/query';
import { type Doc, getField, isDoc, regexParts } from '../values/bson-values.js';
import { compareBson, keyOf } from '../values/compare.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { compileExpression } from './expressions.js';
import { compileConditions, isOperatorDoc, isTrue } from './filter-operators.js';

/** Says whether a document matches. */
export type Matcher = (document: Doc) => boolean;

/**
 * Compiles a query filter once; the answer is asked per document. mingo's `Query` puts the conditions together; the conditions on
 * fields are ours, because mingo's compare ObjectIds, int64s, arrays, booleans and null otherwise than MongoDB does.
 * Throws CommandError (mostly BadValue) for what MongoDB would refuse and for what is not served.
 */
export function compileFilter(filter: unknown): Matcher {
  if (!isDoc(filter)) throw new CommandError(14, 'Expected field filter to be of type object');
  const condition = toCondition(filter);
  if (Object.keys(condition).length === 0) return () => true;
  const context = Context.init({ query: { $and, $or, $nor, $expr: askPredicate, $conditions: askPredicate } });
  const query = new Query(condition, { context, scriptEnabled: false });
  return (document) => query.test(document);
}

/** The only ids that can match, ascending, where the filter names them; undefined where it does not. */
export function idsOf(filter: Doc): unknown[] | undefined {
  const id = getField(filter, '_id');
  if (id === undefined || id === null || regexParts(id)) return undefined;
  if (!isOperatorDoc(id)) return Array.isArray(id) ? undefined : [id];
  if ('$eq' in id && !Array.isArray(id.$eq) && id.$eq !== null) return [id.$eq];
  if (!Array.isArray(id.$in)) return undefined;
  if (id.$in.some((element) => element === null || Array.isArray(element) || regexParts(element))) return undefined;
  const unique = new Map(id.$in.map((element) => [keyOf(element), element]));
  return [...unique.values()].sort(compareBson);
}

/** The operator that every field's conditions, and `$expr`, become on their way through mingo: it asks a compiled predicate. */
const askPredicate = (_selector: string, predicate: unknown, _options: unknown) => {
  if (typeof predicate !== 'function') throw badValue('not a predicate');
  return (document: object): boolean => predicate(document) === true;
};

const unsupported = new Set(['$jsonSchema', '$sampleRate', '$alwaysTrue', '$alwaysFalse']);

function toCondition(filter: Doc): Doc {
  const condition: Doc = {};
  for (const [field, value] of Object.entries(filter)) {
    if (field === '$and' || field === '$or' || field === '$nor') {
      condition[field] = clauses(field, value);
    } else if (field === '$expr') {
      const expression = compileExpression(value);
      condition[field] = (document: Doc) => isTrue(expression(document));
    } else if (field.startsWith('$')) {
      if (field !== '$comment') refuseTopLevel(field);
    } else {
      if (field.split('.').includes('__proto__')) throw badValue("The path component '__proto__' is not supported");
      condition[field] = { $conditions: fieldPredicate(field, value) };
    }
  }
  return condition;
}

function clauses(operator: string, value: unknown): Doc[] {
  if (!Array.isArray(value)) throw badValue(`${operator} must be an array`);
  if (value.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return value.map((clause) => {
    if (!isDoc(clause)) throw badValue('$or/$and/$nor entries need to be full objects');
    return toCondition(clause);
  });
}

function fieldPredicate(field: string, value: unknown): Matcher {
  const operators = regexParts(value) ? { $regex: value } : isOperatorDoc(value) ? value : { $eq: value };
  const conditions = compileConditions(operators, compileFilter).map(([, condition]) => condition);
  const parts = field.split('.');
  const [first] = conditions;
  if (first && conditions.length === 1) return (document) => first.onPath(document, parts);
  return (document) => conditions.every((condition) => condition.onPath(document, parts));
}

function refuseTopLevel(operator: string): never {
  if (operator === '$where') throw badValue('no globalScriptEngine in $where parsing');
  if (operator === '$text') throw new CommandError(27, 'text index required for $text query');
  if (unsupported.has(operator)) throw notImplemented(`The query operator ${operator}`);
  throw badValue(
    `unknown top level operator: ${operator}. If you have a field name that starts with a '$' symbol, consider using $getField or $setField.`,
  );
}
