import { isBsonNumber } from '../values/bson-values.js';
import { compareBson, keyOf } from '../values/compare.js';
import { createSum } from './sum.js';

/** Takes in the values of one group and gives the group's figure. */
export interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

/** `$group`'s accumulators that are served. */
export const accumulators: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => {
    const sum = createSum();
    return {
      add: (value) => {
        if (isBsonNumber(value)) sum.add(value);
      },
      result: sum.total,
    };
  },
  $avg: () => {
    const sum = createSum();
    return {
      add: (value) => {
        if (isBsonNumber(value)) sum.add(value);
      },
      result: sum.average,
    };
  },
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => {
    const seen: unknown[] = [];
    return {
      add: (value) => {
        if (seen.length === 0) seen.push(value ?? null);
      },
      result: () => seen[0] ?? null,
    };
  },
  $last: () => {
    let last: unknown = null;
    return {
      add: (value) => {
        last = value ?? null;
      },
      result: () => last,
    };
  },
  $push: () => {
    const values: unknown[] = [];
    return {
      add: (value) => {
        if (value !== undefined) values.push(value);
      },
      result: () => values,
    };
  },
  $addToSet: () => {
    const values = new Map<string, unknown>();
    return {
      add: (value) => {
        if (value !== undefined && !values.has(keyOf(value))) values.set(keyOf(value), value);
      },
      result: () => [...values.values()],
    };
  },
};

/** The least or greatest value; null and missing don't count. */
function extreme(sign: 1 | -1): Accumulator {
  let best: unknown;
  return {
    add: (value) => {
      if (value === undefined || value === null) return;
      if (best === undefined || compareBson(value, best) * sign > 0) best = value;
    },
    result: () => best ?? null,
  };
}
