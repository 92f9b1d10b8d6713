import { type Doc, getField, isDoc, regexParts } from '../values/bson-values.js';
import { compareBson, keyOf } from '../values/compare.js';
import { badValue, CommandError, notImplemented } from '../values/mongo-errors.js';
import { compileExpression } from './expressions.js';
import { compileConditions, isOperatorDoc, isTrue } from './filter-operators.js';

/** Says whether a document matches. */
export type Matcher = (document: Doc) => boolean;

/**
 * Compiles a query filter once; the answer is asked for each document. Throws CommandError (mostly BadValue) for what MongoDB would
 * refuse and for what is not served.
 */
export function compileFilter(filter: unknown): Matcher {
  if (!isDoc(filter)) throw new CommandError(14, 'Expected field filter to be of type object');
  const matchers = Object.entries(filter).flatMap(([field, value]) => matcherOf(field, value) ?? []);
  const [first] = matchers;
  if (first && matchers.length === 1) return first;
  return (document) => matchers.every((matches) => matches(document));
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

const unsupported = new Set(['$jsonSchema', '$sampleRate', '$alwaysTrue', '$alwaysFalse']);

/** One field of a filter; undefined for `$comment`, which says nothing about documents. */
function matcherOf(field: string, value: unknown): Matcher | undefined {
  switch (field) {
    case '$and': {
      const all = clauses(field, value);
      return (document) => all.every((matches) => matches(document));
    }
    case '$or': {
      const any = clauses(field, value);
      return (document) => any.some((matches) => matches(document));
    }
    case '$nor': {
      const none = clauses(field, value);
      return (document) => !none.some((matches) => matches(document));
    }
    case '$expr': {
      const expression = compileExpression(value);
      return (document) => isTrue(expression(document));
    }
    case '$comment':
      return undefined;
  }
  if (field.startsWith('$')) refuseTopLevel(field);
  if (field.split('.').includes('__proto__')) throw badValue("The path component '__proto__' is not supported");
  return fieldPredicate(field, value);
}

function clauses(operator: string, value: unknown): Matcher[] {
  if (!Array.isArray(value)) throw badValue(`${operator} must be an array`);
  if (value.length === 0) throw badValue('$and/$or/$nor must be a nonempty array');
  return value.map((clause) => {
    if (!isDoc(clause)) throw badValue('$or/$and/$nor entries need to be full objects');
    return compileFilter(clause);
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
