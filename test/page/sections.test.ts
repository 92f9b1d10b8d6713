import type { Document } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { bearer, buildTestApp, type RestBody, type RestSection, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
let all: Record<'products' | 'stores' | 'events' | 'offers' | 'categories' | 'recommendations', Document[]>;

beforeAll(async () => {
  shop = await startShop({ now: clock.now() });
  app = await buildTestApp(shop.uri, { clock });
  const names = ['products', 'stores', 'events', 'offers', 'categories', 'recommendations'] as const;
  const lists = await Promise.all(names.map((name) => shop.db.collection(name).find().toArray()));
  all = Object.fromEntries(names.map((name, index) => [name, lists[index] ?? []])) as unknown as typeof all;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const now = () => new Date(clock.now());
const isAvailable = (product: Document) => product.isActive && product.inventory.stock > 0;

/** Sorts as MongoDB does, by `field` (ascending) or `-field`; what is missing counts as least. */
function sorted(documents: readonly Document[], ...keys: string[]): Document[] {
  const read = (document: Document, path: string): number => {
    const value = path.split('.').reduce<unknown>((inner, name) => (inner as Document | undefined)?.[name], document);
    return value === undefined || value === null ? Number.NEGATIVE_INFINITY : Number(value);
  };
  return [...documents].sort((a, b) => {
    for (const key of keys) {
      const path = key.replace('-', '');
      const order = read(a, path) - read(b, path);
      if (order !== 0 && !Number.isNaN(order)) return key.startsWith('-') ? -order : order;
    }
    return 0;
  });
}

/** The sections' queries in plain code. */
const oracle: Record<string, () => Document[]> = {
  justForYou: () =>
    sorted(
      all.products.filter((p) => p['featured'] && isAvailable(p)),
      '-recommendationScore',
      '-views',
      '-createdAt',
    ),
  newArrivals: () => sorted(all.products.filter(isAvailable), '-createdAt'),
  trendingStores: () =>
    sorted(
      all.stores.filter((s) => s['featured'] && s['isActive']),
      '-rating',
      '-views',
    ),
  events: () =>
    sorted(
      all.events.filter((e) => e['featured'] && e['isActive'] && e['date'] >= now()),
      'date',
      '-views',
    ),
  offers: () =>
    sorted(
      all.offers.filter((o) => o['featured'] && o['isActive'] && o['validity'] >= now()),
      '-createdAt',
    ),
  flashSales: () =>
    sorted(
      all.offers.filter((o) => o['metadata']?.flashSale?.isActive && o['isActive'] && o['validity'] >= now()),
      'metadata.flashSale.salePrice',
    ),
};

const idsOf = (documents: readonly Document[]) => documents.map(({ _id }) => String(_id));
const section = (body: RestBody, key: string): RestSection => {
  const found = body.data.sections[key];
  if (!found) throw new Error(`${key} was not served`);
  return found;
};

describe('sections', () => {
  it.each(Object.keys(oracle))('%s are what their query in plain code finds, at every limit', async (key) => {
    const expected = idsOf(oracle[key]?.() ?? []);
    for (const limit of [1, 7, 20]) {
      const { body } = await app.get(`/api/v1/homepage?sections=${key}&limit=${limit}`);
      const { items, total, hasMore, lastUpdated } = section(body, key);
      expect(items.map(({ id }) => id)).toEqual(expected.slice(0, limit));
      expect(total).toBe(expected.length);
      expect(hasMore).toBe(expected.length > items.length);
      expect(lastUpdated).toBe(now().toISOString());
    }
  });

  it('say who they are, in the documented order of keys', async () => {
    const { body } = await app.get('/api/v1/homepage');
    const said = Object.entries(body.data.sections).map(([key, found]) => [key, found?.id, found?.title, found?.type]);
    expect(said).toEqual(registry.map(({ key, id, title, type }) => [key, id, title, type]));
    for (const found of Object.values(body.data.sections)) {
      expect(Object.keys(found ?? {})).toEqual(['id', 'title', 'type', 'items', 'total', 'hasMore', 'lastUpdated']);
    }
  });

  it('join each reference to its own document', async () => {
    const { body } = await app.get('/api/v1/homepage?limit=20');
    for (const one of registry.filter(({ item }) => 'store' in item.references)) {
      const stored = one.item.collection === 'offers' ? all.offers : all.products;
      expect(section(body, one.key).items.length).toBeGreaterThan(0);
      for (const item of section(body, one.key).items) {
        const document = stored.find(({ _id }) => String(_id) === item.id);
        const store = all.stores.find(({ _id }) => String(_id) === String(document?.['store']));
        const category = all.categories.find(({ _id }) => String(_id) === String(document?.['category']));
        expect(item['store']).toMatchObject({ id: String(store?._id), name: store?.['name'] });
        expect(item['category']).toEqual({
          id: String(category?._id),
          name: category?.['name'],
          slug: category?.['slug'],
        });
      }
    }
  });
});

describe('location', () => {
  /** Great-circle distance by the haversine formula, in kilometres. */
  const distanceKm = ([lng1, lat1]: number[], [lng2, lat2]: number[]): number => {
    const radians = (degrees = 0) => (degrees * Math.PI) / 180;
    const a =
      Math.sin(radians((lat2 ?? 0) - (lat1 ?? 0)) / 2) ** 2 +
      Math.cos(radians(lat1)) * Math.cos(radians(lat2)) * Math.sin(radians((lng2 ?? 0) - (lng1 ?? 0)) / 2) ** 2;
    return 2 * 6371.0088 * Math.asin(Math.sqrt(a));
  };
  const place = () => oracle['trendingStores']?.()[3]?.['location'].coordinates as number[];

  it.each(['trendingStores', 'events'])('narrows %s to 50 km with the same sort', async (key) => {
    const point = place().map((degrees) => Math.round(degrees * 100) / 100);
    const { body } = await app.get(`/api/v1/homepage?sections=${key}&limit=20&location=${place().join(',')}`);
    const { items, total, nearby } = section(body, key);
    const expected = (oracle[key]?.() ?? []).filter((d) => distanceKm(point, d['location'].coordinates) <= 50);
    expect(nearby).toBe(true);
    expect(items.map(({ id }) => id)).toEqual(idsOf(expected.slice(0, 20)));
    expect(total).toBe(expected.length);
    expect(total).toBeLessThan(oracle[key]?.().length ?? 0);
    for (const item of items) {
      const { coordinates } = item['location'] as { coordinates: number[] };
      expect(item['distanceKm']).toBeCloseTo(distanceKm(point, coordinates), 0);
    }
  });

  it('falls back to the global list where nothing is near, and says so', async () => {
    const { body } = await app.get('/api/v1/homepage?sections=trending_stores&location=-140,-50');
    const { items, total, nearby } = section(body, 'trendingStores');
    expect(nearby).toBe(false);
    expect(items.map(({ id }) => id)).toEqual(idsOf(oracle['trendingStores']?.().slice(0, 10) ?? []));
    expect(total).toBe(oracle['trendingStores']?.().length);
  });

  it('has a radius in GraphQL', async () => {
    const query = 'query ($p: GeoPointInput) { homepage(location: $p) { trendingStores { total nearby } } }';
    const [lng = 0, lat = 0] = place();
    const totals = await Promise.all(
      [1, 500].map(async (radiusKm) => {
        const { body } = await app.graphql(query, { p: { lng, lat, radiusKm } });
        const stores = body.data?.['homepage']?.['trendingStores'] as RestSection | undefined;
        return stores?.total;
      }),
    );
    const within = (km: number) =>
      (oracle['trendingStores']?.() ?? []).filter(
        (d) =>
          distanceKm(
            [lng, lat].map((x) => Math.round(x * 100) / 100),
            d['location'].coordinates,
          ) <= km,
      ).length;
    expect(totals[1]).toBe(within(500));
    expect(totals[0]).toBe(within(1) || oracle['trendingStores']?.().length);
  });

  it('changes nothing for the other sections', async () => {
    const [with_, without] = await Promise.all(
      ['&location=1,2', ''].map((more) => app.get(`/api/v1/homepage?sections=offers,justForYou${more}`)),
    );
    expect(with_?.body.data.sections).toEqual(without?.body.data.sections);
    expect(with_?.body.data.metadata['cacheKey']).toBe(without?.body.data.metadata['cacheKey']);
  });
});

describe('just for you, signed in', () => {
  it('is what was recommended, best score first, without what cannot be bought, topped up without repeats', async () => {
    for (const recommendation of all.recommendations.slice(0, 8)) {
      const userId = String(recommendation['userId']);
      const { body } = await app.get(
        `/api/v1/homepage?sections=justForYou&limit=20&userId=${userId}`,
        await bearer(userId, clock),
      );
      const best = (recommendation['items'] as Document[])
        .map(({ productId, score }) => ({ product: all.products.find(({ _id }) => _id.equals(productId)), score }))
        .filter(({ product }) => product !== undefined && isAvailable(product))
        .sort((a, b) => b.score - a.score);
      const chosen = best.map(({ product }) => String(product?._id));
      const topUp = idsOf(oracle['justForYou']?.() ?? []).filter((id) => !chosen.includes(id));
      const { items, total } = section(body, 'justForYou');
      expect(items.map(({ id }) => id)).toEqual([...chosen, ...topUp].slice(0, 20));
      expect(total).toBe(chosen.length + topUp.length);
      expect(body.data.metadata['userId']).toBe(userId);
    }
  });

  it('is the featured list for a user without recommendations', async () => {
    const userId = 'ffffffffffffffffffffffff';
    const { body } = await app.get('/api/v1/homepage?sections=justForYou', await bearer(userId, clock));
    expect(section(body, 'justForYou').items.map(({ id }) => id)).toEqual(
      idsOf(oracle['justForYou']?.().slice(0, 10) ?? []),
    );
  });

  it('tells the mean score of what is served', async () => {
    const recommendation = all.recommendations[0] ?? {};
    const userId = String(recommendation['userId']);
    const url = '/api/v1/homepage?sections=justForYou&limit=2&includeAnalytics=true';
    const { body } = await app.get(url, await bearer(userId, clock));
    const scores = (recommendation['items'] as Document[])
      .filter(({ productId }) =>
        isAvailable(all.products.find(({ _id }) => _id.equals(productId)) ?? { inventory: {} }),
      )
      .map(({ score }) => Number(score))
      .sort((a, b) => b - a);
    expect(body.data.analytics?.recommendationScore).toBeCloseTo(((scores[0] ?? 0) + (scores[1] ?? 0)) / 2, 10);
    const anonymous = await app.get(url);
    expect(anonymous.body.data.analytics).not.toHaveProperty('recommendationScore');
  });
});
