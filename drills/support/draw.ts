import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A seeded random source: the same seed makes the same draws. */
export interface Draw {
  /** A whole number from 0 to `count` - 1. */
  below(count: number): number;
  /** A member of the list, which must not be empty. */
  of<Item>(list: readonly Item[]): Item;
}

export function drawFrom(generator: RandomGenerator): Draw {
  const below = (count: number) => uniformInt(generator, 0, count - 1);
  return { below, of: (list) => list[below(list.length)] as (typeof list)[number] };
}
