import type { DemoRandom } from './demo-random.js';
import { createDemoRandom, seedFor } from './demo-random.js';
import { createIds } from './documents/ids.js';
import { dayMs } from './documents/numbers.js';
import type { CollectionName } from './scale.js';
import { collectionNames, countsFor } from './scale.js';
import { shopCategories } from './vocabulary.js';

/** What every document of one shop is made from. */
export interface Shop {
  /** Midnight (UTC, ms epoch) of the day that dates are relative to. */
  day: number;
  counts: Record<CollectionName, number>;
  id(collection: CollectionName, index: number): ReturnType<ReturnType<typeof createIds>>;
  /** The stream of choices of one document. */
  random(collection: CollectionName, index: number): DemoRandom;
  /** Where a collection's lists of words start: differs from seed to seed. */
  offset(collection: CollectionName): number;
  /** The category (index) of a store: every twelve stores have all twelve. */
  storeCategory(storeIndex: number): number;
}

const perCollection = <T>(make: (name: CollectionName) => T) =>
  Object.fromEntries(collectionNames.map((name) => [name, make(name)])) as Record<CollectionName, T>;

/** What all documents of one demo shop depend on: seed, day and sizes. Its memory does not grow with the number of documents. */
export function createShop(options: { products?: number; seed?: number; now: number }): Shop {
  const { products, seed = 1, now } = options;
  const ids = perCollection((name) => createIds(seed, name));
  const seeds = perCollection((name) => seedFor(seed, name));
  const offsets = perCollection((name) => seedFor(seed, `words:${name}`) % 1_000_003);
  const firstCategory = seedFor(seed, 'store categories');
  return {
    day: Math.floor(now / dayMs) * dayMs,
    counts: countsFor(products),
    id: (collection, index) => ids[collection](index),
    random: (collection, index) => createDemoRandom(seeds[collection], index),
    offset: (collection) => offsets[collection],
    storeCategory: (storeIndex) => (storeIndex * 5 + firstCategory) % shopCategories.length,
  };
}
