import { compileExpression, type Expression } from '../query/expressions.js';
import { type Doc, isDoc, setField } from '../values/bson-values.js';
import { keyOf } from '../values/compare.js';
import { CommandError } from '../values/mongo-errors.js';
import { type Accumulator, accumulators } from './accumulators.js';
import type { Stage } from './stage.js';

interface GroupField {
  readonly name: string;
  readonly make: () => Accumulator;
  readonly compute: Expression;
}

/** `$group`: one document for each value of the `_id` expression, in the order in which the values first occur. */
export function compileGroup(operand: unknown): Stage {
  if (!isDoc(operand)) throw new CommandError(15947, "a group's fields must be specified in an object");
  if (!Object.hasOwn(operand, '_id')) throw new CommandError(15955, 'a group specification must include an _id');
  const groupId = compileExpression(operand._id);
  const fields = Object.entries(operand)
    .filter(([field]) => field !== '_id')
    .map(([field, value]) => groupField(field, value));
  return function* (documents) {
    const groups = new Map<string, { id: unknown; totals: Accumulator[] }>();
    for (const document of documents) {
      const id = groupId(document) ?? null;
      const key = keyOf(id);
      const group = groups.get(key) ?? { id, totals: fields.map((field) => field.make()) };
      groups.set(key, group);
      fields.forEach((field, i) => {
        group.totals[i]?.add(field.compute(document));
      });
    }
    for (const { id, totals } of groups.values()) {
      const document: Doc = { _id: id };
      fields.forEach(({ name }, i) => {
        setField(document, name, totals[i]?.result());
      });
      yield document;
    }
  };
}

function groupField(name: string, value: unknown): GroupField {
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
