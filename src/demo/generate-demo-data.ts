import type { Document, ObjectId } from 'bson';
import type { Shop } from './demo-shop.js';
import { createShop } from './demo-shop.js';
import { categoryDocument } from './documents/category-document.js';
import { eventDocument } from './documents/event-document.js';
import { offerDocument } from './documents/offer-document.js';
import { productDocument } from './documents/product-document.js';
import { recommendationDocument } from './documents/recommendation-document.js';
import { storeDocument } from './documents/store-document.js';
import { userDocument } from './documents/user-document.js';
import type { CollectionName } from './scale.js';
import { collectionNames, countsFor } from './scale.js';

export interface DemoDataOptions {
  /** How many products, 1 to 2^32 - 1 (default 1,000); the other collections follow from it. */
  products?: number;
  /** Any whole number (default 1): the same seed and day give the same bytes. */
  seed?: number;
  /** Milliseconds since the epoch. Dates are relative to its day. */
  now: number;
}

export interface DemoBatch {
  collection: CollectionName;
  documents: Document[];
}

const batchSize = 1000;

/** Makes document `index` of each collection from seed, day and index alone; recommendations also depend on the number of products when it is below 1,000. */
const makers: Record<CollectionName, (shop: Shop, index: number) => Document> = {
  categories: categoryDocument,
  stores: storeDocument,
  products: productDocument,
  events: eventDocument,
  offers: offerDocument,
  users: userDocument,
  recommendations: recommendationDocument,
};

/**
 * The documents of a demo shop in batches of up to 1,000, referenced collections first. Memory use does not grow with the size.
 * @throws RangeError for sizes and seeds that are not whole numbers
 */
export function* generateDemoData(options: DemoDataOptions): Generator<DemoBatch> {
  assertOptions(options);
  const shop = createShop(options);
  for (const collection of collectionNames) {
    const count = shop.counts[collection];
    for (let start = 0; start < count; start += batchSize) {
      const length = Math.min(batchSize, count - start);
      yield { collection, documents: Array.from({ length }, (_, i) => makers[collection](shop, start + i)) };
    }
  }
}

/** How many documents of each collection `generateDemoData` makes with the same options. */
export function demoCounts(options: Pick<DemoDataOptions, 'products'>): Record<CollectionName, number> {
  return countsFor(options.products);
}

/** The id of the first demo user, who has recommendations. */
export function demoUserId(seed?: number): ObjectId {
  return createShop({ now: 0, ...(seed === undefined ? {} : { seed }) }).id('users', 0);
}

function assertOptions({ products = 1, seed = 1, now }: DemoDataOptions): void {
  if (!Number.isInteger(products) || products < 1 || products >= 2 ** 32) {
    throw new RangeError(`products must be a whole number from 1 to 4294967295, not ${products}`);
  }
  if (!Number.isSafeInteger(seed)) throw new RangeError(`seed must be a whole number, not ${seed}`);
  if (!Number.isFinite(now)) throw new RangeError(`now must be milliseconds since the epoch, not ${now}`);
}
