import type { Document } from 'bson';
import { catalogueEntry } from '../catalogue.js';
import type { DemoRandom } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { storesForOffer } from '../scale.js';
import { slugify } from '../text.js';
import { drawDate, drawPrice, pictureSize, toCents } from './numbers.js';
import { storeName } from './store-document.js';

/** Every fifteenth offer is a running flash sale: 20 of the default 300. */
const flashEvery = 15;
const isFlashSale = (index: number) => index % flashEvery === 4;
/** Another fifteenth are flash sales that do not run: ended, inactive or expired. */
const isFormerFlashSale = (index: number) => index % flashEvery === 11;

const titles: readonly ((name: string, percent: number) => string)[] = [
  (name, percent) => `${percent}% off the ${name}`,
  (name) => `Top Deal: ${name}`,
  (name) => `Member Price: ${name}`,
  (name, percent) => `Save ${percent}%: ${name}`,
  (name) => `Last Pieces: ${name}`,
];

const subtitles: readonly ((store: string) => string)[] = [
  (store) => `Only at ${store}, while stocks last`,
  (store) => `${store} · free delivery`,
  (store) => `In store and online at ${store}`,
  (store) => `${store} · one per customer`,
];

/** Running offers are valid for three to ninety more days, so that a server that stays up keeps its page. */
function drawState(random: DemoRandom, shop: Shop, index: number) {
  if (isFlashSale(index)) return { validity: drawDate(random, shop.day, 3, 21), isActive: true, flashActive: true };
  const active = random.chance(0.93);
  const expired = random.chance(0.2);
  if (!isFormerFlashSale(index)) {
    return {
      validity: expired ? drawDate(random, shop.day, -60, -1) : drawDate(random, shop.day, 3, 90),
      isActive: active,
    };
  }
  const obstacle = random.int(0, 2);
  return {
    validity: obstacle === 0 ? drawDate(random, shop.day, -30, -1) : drawDate(random, shop.day, 3, 21),
    isActive: obstacle !== 1,
    flashActive: obstacle !== 2,
  };
}

/** The offer at an index: a product's name at a store that exists in every shop that has this offer. */
export function offerDocument(shop: Shop, index: number): Document {
  const random = shop.random('offers', index);
  const store = random.int(0, storesForOffer(index) - 1);
  const categoryIndex = shop.storeCategory(store);
  const entry = catalogueEntry(categoryIndex, index, shop.offset('offers'));
  const originalPrice = drawPrice(random, entry.minPrice, entry.maxPrice);
  const percent = random.int(2, 11) * 5;
  const discountedPrice = toCents(originalPrice * (1 - percent / 100));
  const { validity, isActive, flashActive } = drawState(random, shop, index);
  const title = flashActive ? `Flash Sale: ${entry.name}` : random.pick(titles)(entry.name, percent);
  const flashSale = { isActive: flashActive, salePrice: toCents(discountedPrice * (0.75 + 0.2 * random.fraction())) };
  return {
    _id: shop.id('offers', index),
    title,
    ...(random.chance(0.9) ? { subtitle: random.pick(subtitles)(storeName(shop, store)) } : {}),
    slug: `${slugify(title)}-${index}`,
    image: `/images/offers/${percent}-off-${entry.imageSlug}-${index}.svg`,
    imageAlt: entry.name,
    ...pictureSize,
    discountedPrice,
    originalPrice,
    ...(random.chance(0.5) ? { cashbackPercentage: random.int(1, 15) } : {}),
    validity,
    category: shop.id('categories', categoryIndex),
    store: shop.id('stores', store),
    ...(flashActive === undefined ? {} : { metadata: { flashSale } }),
    featured: random.chance(0.55),
    isActive,
    createdAt: drawDate(random, shop.day, -150, -1),
  };
}
