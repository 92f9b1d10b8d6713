import type { CollectionName } from './models/collections.js';

/** An index and the query that it is there for. */
export interface IndexDefinition {
  name: string;
  collection: CollectionName;
  /** In the order equality, sort, range: the query's sort comes out of the index, and its range is checked in it. */
  keys: Readonly<Record<string, 1 | -1>>;
  partialFilterExpression?: Readonly<Record<string, unknown>>;
  unique?: true;
  /** The query that it serves, as `filter | sort`. */
  serves: string;
}

const inStock = { 'inventory.stock': { $gt: 0 } };

/**
 * The index table. Keys follow the equality-sort-range rule, so that no plan sorts in memory. The trailing range key
 * lets a count decide on index keys alone.
 */
export const indexes: readonly IndexDefinition[] = [
  {
    name: 'featured_score',
    collection: 'products',
    keys: { featured: 1, isActive: 1, recommendationScore: -1, views: -1, createdAt: -1, 'inventory.stock': 1 },
    partialFilterExpression: inStock,
    serves: 'justForYou: featured, isActive, stock > 0 | recommendationScore, views, createdAt, all descending',
  },
  {
    name: 'active_newest',
    collection: 'products',
    keys: { isActive: 1, createdAt: -1, 'inventory.stock': 1 },
    partialFilterExpression: inStock,
    serves: 'newArrivals: isActive, stock > 0 | createdAt descending',
  },
  {
    name: 'featured_rating',
    collection: 'stores',
    keys: { featured: 1, isActive: 1, rating: -1, views: -1 },
    serves: 'trending_stores: featured, isActive, with or without a radius | rating, views, both descending',
  },
  {
    name: 'featured_date',
    collection: 'events',
    keys: { featured: 1, isActive: 1, date: 1, views: -1 },
    serves: 'events: featured, isActive, date from now on, with or without a radius | date, views descending',
  },
  {
    name: 'featured_newest',
    collection: 'offers',
    keys: { featured: 1, isActive: 1, createdAt: -1, validity: 1 },
    serves: 'offers: featured, isActive, validity from now on | createdAt descending',
  },
  {
    name: 'flash_sale_price',
    collection: 'offers',
    keys: { 'metadata.flashSale.isActive': 1, isActive: 1, 'metadata.flashSale.salePrice': 1, validity: 1 },
    serves: 'flashSales: flash sale active, isActive, validity from now on | sale price',
  },
  {
    name: 'user',
    collection: 'recommendations',
    keys: { userId: 1 },
    unique: true,
    serves: 'justForYou, signed in: userId',
  },
];
