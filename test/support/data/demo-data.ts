import type { Document } from 'bson';
import type { DemoDataOptions } from '../../../src/demo/generate-demo-data.js';
import { generateDemoData } from '../../../src/demo/generate-demo-data.js';
import type { CollectionName } from '../../../src/demo/scale.js';
import { collectionNames } from '../../../src/demo/scale.js';

/** An afternoon, so that "rounded down to the day" matters. */
export const now = Date.UTC(2026, 2, 14, 15, 26, 53);

export type Shop = Record<CollectionName, Document[]>;

/** A whole demo shop in memory. */
export function collect(options: Partial<DemoDataOptions> = {}): Shop {
  const shop = Object.fromEntries(collectionNames.map((name) => [name, [] as Document[]])) as Shop;
  for (const { collection, documents } of generateDemoData({ now, ...options })) shop[collection].push(...documents);
  return shop;
}

export const hexIds = (documents: Document[]) => new Set(documents.map(({ _id }) => String(_id)));

/** The sections' filters in plain code. */
export const sectionFilters = {
  justForYou: ({ products }: Shop) => products.filter((p) => p.featured && p.isActive && p.inventory.stock > 0),
  newArrivals: ({ products }: Shop) => products.filter((p) => p.isActive && p.inventory.stock > 0),
  trendingStores: ({ stores }: Shop) => stores.filter((s) => s.featured && s.isActive),
  events: ({ events }: Shop, at: number) => events.filter((e) => e.featured && e.isActive && e.date.getTime() >= at),
  offers: ({ offers }: Shop, at: number) =>
    offers.filter((o) => o.featured && o.isActive && o.validity.getTime() >= at),
  flashSales: ({ offers }: Shop, at: number) =>
    offers.filter((o) => o.metadata?.flashSale.isActive && o.isActive && o.validity.getTime() >= at),
};
