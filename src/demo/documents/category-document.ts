import type { Document } from 'bson';
import { at } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { slugify } from '../text.js';
import { shopCategories } from '../vocabulary.js';

/** The category at an index; they are the same in every shop but for their ids. */
export function categoryDocument(shop: Shop, index: number): Document {
  const { name } = at(shopCategories, index);
  return { _id: shop.id('categories', index), name, slug: slugify(name) };
}
