import type { Document } from 'bson';
import { at } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { drawPlace } from '../places.js';
import { slugify } from '../text.js';
import { shopCategories } from '../vocabulary.js';
import storeWords from '../words/stores.json' with { type: 'json' };
import { drawDate, drawRating, drawViews, pictureSize } from './numbers.js';

/** The name of the store at an index, without making its document. A name that was used before gets a number. */
export function storeName(shop: Shop, index: number): string {
  const kinds = at(shopCategories, shop.storeCategory(index)).storeKinds;
  const turn = Math.floor(index / shopCategories.length);
  const root = at(storeWords.roots, index * 7 + turn * 13 + shop.offset('stores'));
  const branch = Math.floor(turn / (storeWords.roots.length * kinds.length));
  const name = `${root} ${at(kinds, turn + Math.floor(turn / storeWords.roots.length))}`;
  return branch === 0 ? name : `${name} ${branch + 1}`;
}

/** The store at an index. */
export function storeDocument(shop: Shop, index: number): Document {
  const random = shop.random('stores', index);
  const categoryIndex = shop.storeCategory(index);
  const category = at(shopCategories, categoryIndex);
  const name = storeName(shop, index);
  const slug = `${slugify(name)}-${index}`;
  // Shifted once per round of categories: otherwise a category would have stores in half of the cities only.
  const { location, district } = drawPlace(random, index + Math.floor(index / shopCategories.length));
  return {
    _id: shop.id('stores', index),
    name,
    slug,
    description: `${random.pick(storeWords.pitches)} Find us in ${district.name}, ${location.city}.`,
    logo: `/images/logos/${slug}.svg`,
    image: `/images/stores/${slug}.svg`,
    imageAlt: name,
    ...pictureSize,
    email: `hello@${slugify(name)}.example.com`,
    rating: drawRating(random),
    ...(random.chance(0.6) ? { cashback: random.int(1, 12) } : {}),
    category: shop.id('categories', categoryIndex),
    location,
    tags: [...random.sample(category.storeTags, random.int(1, 3)), ...random.sample(storeWords.tags, random.int(1, 2))],
    featured: random.chance(0.55),
    isActive: random.chance(0.93),
    views: drawViews(random, 250_000),
    createdAt: drawDate(random, shop.day, -1500, -380),
    updatedAt: drawDate(random, shop.day, -90, 0),
  };
}
