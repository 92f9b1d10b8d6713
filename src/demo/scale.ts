/** The collections of the demo shop in the order in which they are filled: referenced ones come first. */
export const collectionNames = [
  'categories',
  'stores',
  'products',
  'events',
  'offers',
  'users',
  'recommendations',
] as const;

export type CollectionName = (typeof collectionNames)[number];

const atDefault = { products: 1000, stores: 120, events: 150, offers: 300 };

/** Stores, events and offers grow with the square root of the products: ten times the products have about three times the stores. */
const grown = (base: number, products: number) =>
  Math.max(1, Math.round(base * Math.sqrt(products / atDefault.products)));

/** How many documents each collection has in a shop with this many products. */
export function countsFor(products: number = atDefault.products): Record<CollectionName, number> {
  return {
    categories: 12,
    stores: storesFor(products),
    products,
    events: grown(atDefault.events, products),
    offers: grown(atDefault.offers, products),
    users: 50,
    recommendations: 50,
  };
}

/** How many stores exist in every shop that has `products` products or more. */
export function storesFor(products: number): number {
  return grown(atDefault.stores, products);
}

/** How many stores exist in every shop that has the offer at `index`: the inverse of `grown`, rounded down. */
export function storesForOffer(index: number): number {
  const leastProducts = atDefault.products * ((index + 0.5) / atDefault.offers) ** 2;
  return storesFor(Math.max(1, Math.floor(leastProducts)));
}
