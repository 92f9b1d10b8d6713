import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

/** A seeded random source; every draw advances it. */
export interface DemoRandom {
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** A fraction, 0 <= x < 1. */
  fraction(): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** `count` different members of the list, or all of them when it is shorter. */
  sample<T>(list: readonly T[], count: number): T[];
}

/** A 32-bit hash of two numbers (murmur3's finaliser), the same on every machine. */
export function mix(a: number, b: number): number {
  let hash = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A 32-bit hash of a text. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash, text.length);
}

/** Folds a seed of up to 53 bits and the name of its purpose into 32 bits. */
export function seedFor(seed: number, purpose: string): number {
  return mix(mix(seed | 0, Math.floor(seed / 2 ** 32)), hashText(purpose));
}

/** The member at `index`; past the end counting starts again at the first. */
export function at<T>(list: readonly T[], index: number): T {
  const item = list[index % list.length];
  if (item === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`);
  return item;
}

/** The random source of one document, so that a document does not depend on those before it. */
export function createDemoRandom(purposeSeed: number, index: number): DemoRandom {
  const a = mix(purposeSeed, index);
  const b = mix(a, purposeSeed ^ 0x5bd1e995);
  return new SeededRandom(xoroshiro128plusFromState([a | 0, b | 0, mix(b, index) | 0, mix(purposeSeed, a) | 1]));
}

/** A class, because it is made once per document: its methods are shared, closures would be made anew. */
class SeededRandom implements DemoRandom {
  constructor(private readonly rng: RandomGenerator) {}

  int(min: number, max: number): number {
    return uniformInt(this.rng, min, max);
  }

  fraction(): number {
    return (this.rng.next() >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.int(0, list.length - 1));
  }

  sample<T>(list: readonly T[], count: number): T[] {
    const rest = [...list];
    const taken: T[] = [];
    while (taken.length < count && rest.length > 0) taken.push(...rest.splice(this.int(0, rest.length - 1), 1));
    return taken;
  }
}
