import type { Document } from 'bson';
import type { DemoRandom } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { shopCategories } from '../vocabulary.js';
import { drawDate } from './numbers.js';
import { productCategory } from './product-document.js';

/** Only the first products are recommended, so that a user's page is the same in a shop of a thousand products and of a million. */
const recommendedAmong = 1000;

/** Products of the user's favourite categories score higher, so that they lead the list without filling it. */
function drawScore(random: DemoRandom, isFavourite: boolean): number {
  const base = 0.15 + 0.5 * random.fraction();
  return Math.round((isFavourite ? base + 0.34 : base) * 1e4) / 1e4;
}

/** The recommendations of the user at an index: 8 to 30 products (fewer only in a shop that has fewer), in no order. */
export function recommendationDocument(shop: Shop, index: number): Document {
  const random = shop.random('recommendations', index);
  const among = Math.min(shop.counts.products, recommendedAmong);
  const count = Math.min(among, random.int(8, 30));
  const favourites = new Set(random.sample([...shopCategories.keys()], 3));
  const chosen = new Set<number>();
  while (chosen.size < count) {
    const product = random.int(0, among - 1);
    // Other categories are taken with a chance of 0.4; a small shop has too few products to choose among.
    if (favourites.has(productCategory(shop, product)) || among < 100 || random.chance(0.4)) chosen.add(product);
  }
  return {
    _id: shop.id('recommendations', index),
    userId: shop.id('users', index),
    items: [...chosen].map((product) => ({
      productId: shop.id('products', product),
      score: drawScore(random, favourites.has(productCategory(shop, product))),
    })),
    updatedAt: drawDate(random, shop.day, -14, 0),
  };
}
