import { ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { createShop } from '../../src/demo/demo-shop.js';
import { storeName } from '../../src/demo/documents/store-document.js';
import { cities, shopCategories } from '../../src/demo/vocabulary.js';
import { collect, now, sectionFilters } from '../support/data/demo-data.js';

const shop = collect();
const day = 86_400_000;
const endOfDay = Math.floor(now / day) * day + day - 1;

function walk(value: unknown, path: string, visit: (leaf: unknown, path: string) => void): void {
  const isBranch = typeof value === 'object' && value !== null && !(value instanceof Date || value instanceof ObjectId);
  if (!isBranch) visit(value, path);
  else for (const [key, inner] of Object.entries(value)) walk(inner, `${path}.${key}`, visit);
}

describe('the sections of a default shop', () => {
  it.each([1, 2, 3, 42, -9, 2 ** 40])(
    'have exactly 20 flash sales and more than 20 of everything else (seed %i)',
    (seed) => {
      const seeded = collect({ seed });
      for (const at of [now, endOfDay, now + 2 * day]) expect(sectionFilters.flashSales(seeded, at)).toHaveLength(20);
      for (const name of ['justForYou', 'newArrivals', 'trendingStores', 'events', 'offers'] as const) {
        expect(sectionFilters[name](seeded, now).length, name).toBeGreaterThan(20);
      }
    },
  );

  it('match the same documents at any hour of the day', () => {
    expect(sectionFilters.events(shop, endOfDay)).toEqual(sectionFilters.events(shop, endOfDay - day + 1));
    expect(sectionFilters.offers(shop, endOfDay)).toEqual(sectionFilters.offers(shop, endOfDay - day + 1));
  });

  it('leave some documents out for each reason there is', () => {
    const { products, stores, events, offers } = shop;
    const reasons = {
      outOfStock: products.filter(({ inventory }) => inventory.stock === 0),
      inactiveProducts: products.filter(({ isActive }) => !isActive),
      unfeaturedProducts: products.filter(({ featured }) => !featured),
      withoutScore: products.filter(({ recommendationScore }) => recommendationScore === undefined),
      inactiveStores: stores.filter(({ isActive }) => !isActive),
      unfeaturedStores: stores.filter(({ featured }) => !featured),
      pastEvents: events.filter(({ date }) => date.getTime() < now),
      inactiveEvents: events.filter(({ isActive }) => !isActive),
      expiredOffers: offers.filter(({ validity }) => validity.getTime() < now),
      inactiveOffers: offers.filter(({ isActive }) => !isActive),
      endedFlashSales: offers.filter(({ metadata }) => metadata?.flashSale.isActive === false),
      expiredFlashSales: offers.filter((o) => o.metadata?.flashSale.isActive && o.validity.getTime() < now),
    };
    for (const [reason, documents] of Object.entries(reasons)) expect(documents.length, reason).toBeGreaterThan(0);
  });

  it('have a defined order: few documents share their sort key', () => {
    const distinct = (keys: unknown[]) => new Set(keys.map(String)).size / keys.length;
    const { products, stores, events, offers } = shop;
    expect(distinct(products.map((p) => p.createdAt.getTime()))).toBe(1);
    expect(distinct(offers.map((o) => o.createdAt.getTime()))).toBe(1);
    expect(distinct(stores.map((s) => `${s.rating} ${s.views}`))).toBe(1);
    expect(distinct(events.map((e) => `${e.date.getTime()} ${e.views}`))).toBe(1);
    expect(distinct(products.map((p) => p.views))).toBeGreaterThan(0.75);
  });
});

describe('recommendations', () => {
  it('are 8 to 30 different products for each of 50 users, scored between 0 and 1', () => {
    expect(new Set(shop.recommendations.map(({ userId }) => String(userId))).size).toBe(50);
    for (const { items } of shop.recommendations) {
      expect(items.length).toBeGreaterThanOrEqual(8);
      expect(items.length).toBeLessThanOrEqual(30);
      expect(new Set(items.map((item: { productId: ObjectId }) => String(item.productId))).size).toBe(items.length);
      for (const { score } of items) expect(score >= 0 && score <= 1).toBe(true);
    }
  });

  it('point now and then to what cannot be bought', () => {
    const sold = shop.products.filter(({ isActive, inventory }) => !isActive || inventory.stock === 0);
    const soldIds = new Set(sold.map(({ _id }) => String(_id)));
    const items = shop.recommendations.flatMap((recommendation) => recommendation.items);
    const share = items.filter(({ productId }) => soldIds.has(String(productId))).length / items.length;
    expect(share).toBeGreaterThan(0.05);
    expect(share).toBeLessThan(0.4);
  });
});

describe('every value', () => {
  it('is defined, finite and no placeholder', () => {
    for (const [collection, documents] of Object.entries(collect({ products: 3000 }))) {
      walk(documents, collection, (leaf, path) => {
        const isSound =
          (typeof leaf === 'number' && Number.isFinite(leaf)) ||
          (typeof leaf === 'string' && leaf.trim() !== '' && !/undefined|NaN|null|\[object|lorem/i.test(leaf)) ||
          (leaf instanceof Date && !Number.isNaN(leaf.getTime())) ||
          typeof leaf === 'boolean' ||
          leaf instanceof ObjectId;
        if (!isSound) expect.unreachable(`${path}: ${leaf}`);
      });
    }
  });

  it('is a plausible price, rating or score', () => {
    const isMoney = (amount: number) => amount >= 0 && Math.abs(Math.round(amount * 100) - amount * 100) < 1e-6;
    const { products, stores, events, offers } = shop;
    for (const { price } of [...products, ...events]) expect(isMoney(price), String(price)).toBe(true);
    for (const { price } of products) expect(price).toBeGreaterThan(0);
    for (const { rating } of [...products, ...stores]) {
      if (rating === undefined) continue;
      expect(rating >= 2.5 && rating <= 5 && Math.round(rating * 10) / 10 === rating, String(rating)).toBe(true);
    }
    for (const { originalPrice, discountedPrice, metadata } of offers) {
      expect(isMoney(originalPrice) && isMoney(discountedPrice) && discountedPrice < originalPrice).toBe(true);
      if (metadata) expect(metadata.flashSale.salePrice).toBeLessThan(discountedPrice);
    }
  });

  it('lies in time where it should', () => {
    for (const { createdAt, updatedAt } of shop.products) {
      expect(createdAt.getTime()).toBeGreaterThanOrEqual(now - 366 * day);
      expect(updatedAt.getTime()).toBeGreaterThanOrEqual(createdAt.getTime());
      expect(updatedAt.getTime()).toBeLessThanOrEqual(now);
    }
    for (const { date } of shop.events) expect(Math.abs(date.getTime() - now)).toBeLessThan(130 * day);
  });
});

describe('places', () => {
  it('are in a quarter of their city, and every city has trending stores and coming events', () => {
    for (const { location } of [...shop.stores, ...shop.events]) {
      const city = cities.find(({ name }) => name === location.city);
      const [lng, lat] = location.coordinates;
      const nearest = Math.min(
        ...(city?.districts ?? []).map((d) => Math.hypot(d.lat - lat, (d.lng - lng) * Math.cos(lat / 57.3))),
      );
      expect(nearest * 111).toBeLessThan(1);
      expect(location.address).toMatch(/\d.*, /);
    }
    for (const { name } of cities) {
      expect(
        sectionFilters.trendingStores(shop).filter(({ location }) => location.city === name).length,
      ).toBeGreaterThan(3);
      expect(sectionFilters.events(shop, now).filter(({ location }) => location.city === name).length).toBeGreaterThan(
        3,
      );
    }
  });
});

describe('names', () => {
  it('of products, stores, events, users and flash sales are not repeated', () => {
    const repeated = (names: string[]) => names.filter((name, i) => names.indexOf(name) !== i);
    expect(repeated(shop.products.map(({ name }) => name))).toEqual([]);
    expect(repeated(shop.stores.map(({ name }) => name))).toEqual([]);
    expect(repeated(shop.users.map(({ email }) => email))).toEqual([]);
    expect(repeated(sectionFilters.events(shop, now).map(({ title }) => title))).toEqual([]);
    expect(repeated(sectionFilters.flashSales(shop, now).map(({ title }) => title))).toEqual([]);
  });

  it('of stores stay different in a shop of a million products', () => {
    const million = createShop({ now, products: 1_000_000 });
    const names = Array.from({ length: million.counts.stores }, (_, i) => storeName(million, i));
    expect(names.length).toBeGreaterThan(3000);
    expect(new Set(names).size).toBe(names.length);
  });

  it('go with their category: noun, brand and store', () => {
    const categoryNames = new Map(shop.categories.map(({ _id, name }) => [String(_id), name]));
    const storeCategories = new Map(shop.stores.map(({ _id, category }) => [String(_id), String(category)]));
    for (const { name, brand, category, store } of shop.products) {
      const words = shopCategories.find((candidate) => candidate.name === categoryNames.get(String(category)));
      const nouns = words?.families.flatMap(({ nouns }) => nouns.map(({ noun }) => noun)) ?? [];
      expect(
        nouns.some((noun) => name.endsWith(noun)),
        name,
      ).toBe(true);
      expect(words?.brands).toContain(brand);
      expect(storeCategories.get(String(store))).toBe(String(category));
    }
  });

  it('belong to one category only, and each category has enough of them for a thousand products', () => {
    const nouns = shopCategories.flatMap(({ families }) =>
      families.flatMap(({ nouns }) => nouns.map(({ noun }) => noun)),
    );
    expect(new Set(nouns).size).toBe(nouns.length);
    for (const { name, families } of shopCategories) {
      const combinations = families.reduce((sum, f) => sum + f.nouns.length * f.materials.length * f.styles.length, 0);
      expect(combinations, name).toBeGreaterThan(1000);
    }
  });
});
