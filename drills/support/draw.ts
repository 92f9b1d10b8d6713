import { uniformInt } from 'pure-rand/distribution/uniformInt';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** Draws that a seed repeats. */
export interface Draw {
  /** From 0 up to, and without, `count`. */
  below(count: number): number;
  /** One of a list, which must not be empty. */
  of<Item>(list: readonly Item[]): Item;
}

export function drawFrom(generator: RandomGenerator): Draw {
  const below = (count: number) => uniformInt(generator, 0, count - 1);
  return { below, of: (list) => list[below(list.length)] as (typeof list)[number] };
}
