import { createHash } from 'node:crypto';
import { BSON, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { demoCounts, demoUserId, generateDemoData } from '../../src/demo/generate-demo-data.js';
import { loadDemoData } from '../../src/demo/load-demo-data.js';
import { collectionNames, storesFor, storesForOffer } from '../../src/demo/scale.js';
import { collect, hexIds, now, type Shop } from '../support/data/demo-data.js';

const bytesOf = (shop: Shop) => Buffer.from(BSON.serialize({ shop })).toString('base64');

function expectReferencesToResolve(shop: Shop) {
  const ids = Object.fromEntries(collectionNames.map((name) => [name, hexIds(shop[name])]));
  const refer = (collection: string, id: unknown) => {
    expect(id).toBeInstanceOf(ObjectId);
    if (!ids[collection]?.has(String(id))) expect.unreachable(`${collection} has no ${id}`);
  };
  for (const { category } of shop.stores) refer('categories', category);
  for (const { category, store } of [...shop.products, ...shop.offers]) {
    refer('categories', category);
    refer('stores', store);
  }
  for (const { category } of shop.events) if (category !== undefined) refer('categories', category);
  for (const { userId, items } of shop.recommendations) {
    refer('users', userId);
    for (const { productId } of items) refer('products', productId);
  }
}

describe('demo data', () => {
  it('is the same, byte for byte, for the same seed on the same day', () => {
    const first = bytesOf(collect({ seed: 7 }));
    expect(bytesOf(collect({ seed: 7 })) === first).toBe(true);
    expect(bytesOf(collect({ seed: 7, now: now + 3_600_000 })) === first).toBe(true);
    expect(bytesOf(collect({ seed: 7, now: now + 86_400_000 })) === first).toBe(false);
  });

  it('is what earlier versions made: a change of it on purpose replaces this hash', () => {
    const shop = collect({ seed: 7, now: Date.UTC(2026, 0, 1) });
    expect(createHash('sha256').update(bytesOf(shop)).digest('hex')).toBe(
      '3f260b4caad16320ceecb9153b993b3661ee823710d71e2c98dc9be7a299b733',
    );
  });

  it('is other data, with other ids, for another seed', () => {
    const [one, two] = [collect({ seed: 1 }), collect({ seed: 2 })];
    const namesOfOne = new Set(one.products.map(({ name, price }) => `${name} ${price}`));
    const shared = two.products.filter(({ name, price }) => namesOfOne.has(`${name} ${price}`));
    expect(shared.length).toBeLessThan(50);
    expect([...hexIds(two.products)].some((id) => hexIds(one.products).has(id))).toBe(false);
    expect(String(demoUserId(1))).not.toBe(String(demoUserId(2)));
  });

  it('tells seeds apart beyond 32 bits', () => {
    expect(String(demoUserId(5))).not.toBe(String(demoUserId(5 + 2 ** 32)));
  });

  it.each([1, 2, 10, 1000, 2500])(
    'has the declared counts, unique ids and no dangling reference at %i products',
    (products) => {
      const shop = collect({ products });
      const counts = Object.fromEntries(collectionNames.map((name) => [name, shop[name].length]));
      expect(counts).toEqual(demoCounts({ products }));
      for (const name of collectionNames) expect(hexIds(shop[name]).size).toBe(shop[name].length);
      expectReferencesToResolve(shop);
    },
  );

  it('has the documented default sizes', () => {
    expect(demoCounts({})).toEqual({
      ...{ categories: 12, stores: 120, products: 1000, events: 150, offers: 300, users: 50, recommendations: 50 },
    });
  });

  it('gives offers only stores that exist, at every size', () => {
    for (let products = 1; products <= 20_000; products++) {
      const { offers, stores } = demoCounts({ products });
      if (storesForOffer(offers - 1) > stores)
        expect.unreachable(`${products} products: ${offers} offers, ${stores} stores`);
    }
    expect(storesFor(1)).toBeGreaterThan(0);
  });

  it('keeps every document as it is when the shop grows', () => {
    const [small, large] = [collect({ products: 1000 }), collect({ products: 3000 })];
    for (const name of collectionNames) {
      const same = { before: small[name], after: large[name].slice(0, small[name].length) };
      expect(same.after, name).toEqual(same.before);
    }
    expect(collect({ products: 30 }).products).toEqual(small.products.slice(0, 30));
  });

  it('gives the first demo user recommendations', () => {
    const [first] = collect().recommendations;
    expect(String(first?.userId)).toBe(String(demoUserId()));
  });

  it('refuses sizes and seeds that are no whole numbers', () => {
    for (const options of [
      { products: 0 },
      { products: 1.5 },
      { products: 2 ** 32 },
      { seed: 0.5 },
      { now: Number.NaN },
    ]) {
      expect(() => generateDemoData({ now, ...options }).next()).toThrow(RangeError);
    }
  });

  it('streams in batches of up to 1,000 and makes nothing before it is asked for', () => {
    // Twenty million products would not fit in memory: only what is taken is made.
    let products = 0;
    for (const { collection, documents } of generateDemoData({ now, products: 20_000_000 })) {
      expect(documents.length).toBeLessThanOrEqual(1000);
      if (collection === 'products') products += documents.length;
      if (products >= 3000) break;
    }
    expect(products).toBe(3000);
  });
});

describe('loading', () => {
  it('inserts batch after batch, what is referred to first, and reports how far it is', async () => {
    const inserted: string[] = [];
    const progress: number[] = [];
    let running = 0;
    const counts = await loadDemoData({
      now,
      products: 1500,
      insert: async (collection, documents) => {
        expect(++running).toBe(1);
        await Promise.resolve();
        running--;
        inserted.push(`${collection} ${documents.length}`);
      },
      onProgress: (step) => progress.push(step.inserted / step.total),
    });
    expect(counts).toEqual(demoCounts({ products: 1500 }));
    expect(inserted.slice(0, 4)).toEqual(['categories 12', `stores ${counts.stores}`, 'products 1000', 'products 500']);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  it('stops at the first insert that fails', async () => {
    let calls = 0;
    const insert = async () => {
      calls++;
      throw new Error('disk full');
    };
    await expect(loadDemoData({ now, insert })).rejects.toThrow('disk full');
    expect(calls).toBe(1);
  });
});
