import type { Document } from 'bson';
import { catalogueEntry } from '../catalogue.js';
import type { DemoRandom } from '../demo-random.js';
import { at } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { storesFor } from '../scale.js';
import { shopCategories } from '../vocabulary.js';
import { dayMs, drawDate, drawPrice, drawRating, drawViews, pictureSize } from './numbers.js';

/** The first draw of a product: one of the stores that exist in every shop that has this product. */
const drawStore = (random: DemoRandom, index: number) => random.int(0, storesFor(index + 1) - 1);

/** The category (index) of a product: its store's. */
export function productCategory(shop: Shop, index: number): number {
  return shop.storeCategory(drawStore(shop.random('products', index), index));
}

function drawStock(random: DemoRandom): number {
  return random.chance(0.1) ? 0 : random.int(1, random.chance(0.25) ? 9 : 240);
}

/** The product at an index: about one in ten is out of stock, one in fourteen inactive, three in ten are featured. */
export function productDocument(shop: Shop, index: number): Document {
  const random = shop.random('products', index);
  const store = drawStore(random, index);
  const categoryIndex = shop.storeCategory(store);
  const category = at(shopCategories, categoryIndex);
  const entry = catalogueEntry(categoryIndex, index, shop.offset('products'));
  const brand = random.pick(category.brands);
  const detail = random.int(0, entry.details.length - 1);
  const otherDetail = detail + random.int(1, entry.details.length - 1);
  const createdAt = drawDate(random, shop.day, -365, 0);
  const ageDays = (shop.day - createdAt.getTime()) / dayMs;
  return {
    _id: shop.id('products', index),
    name: entry.name,
    slug: `${entry.slug}-${index}`,
    description: `${entry.name} by ${brand}. ${at(entry.details, detail)} ${at(entry.details, otherDetail)}`,
    brand,
    image: `/images/products/${entry.imageSlug}-${index}.svg`,
    imageAlt: `${entry.name} by ${brand}`,
    ...pictureSize,
    price: drawPrice(random, entry.minPrice, entry.maxPrice),
    category: shop.id('categories', categoryIndex),
    store: shop.id('stores', store),
    ...(random.chance(0.92) ? { rating: drawRating(random) } : {}),
    ...(random.chance(0.4) ? { cashback: random.int(1, 10) } : {}),
    inventory: { stock: drawStock(random) },
    featured: random.chance(0.3),
    isActive: random.chance(0.93),
    ...(random.chance(0.8) ? { recommendationScore: Math.round(random.fraction() * 1e4) / 1e4 } : {}),
    views: drawViews(random, 400_000),
    createdAt,
    updatedAt: drawDate(random, shop.day, -ageDays, 0),
  };
}
