import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { type Shop, startShop } from '../data/shop-documents.js';
import { createFakeClock, type FakeClock } from '../fake-clock.js';
import { buildTestApp, type TestApp } from './build-test-app.js';

/** A shop for a file of tests, and for each test a clock and an app that caches and follows changes. */
export interface CachedAppFixture {
  /** What every clock shows at first. */
  readonly start: number;
  readonly shop: Shop;
  readonly clock: FakeClock;
  readonly app: TestApp;
  /** Closes the app, and goes on with one that is configured otherwise. */
  restart(env: Record<string, string>): Promise<void>;
}

export function cachedAppFixture(options: { products: number }): CachedAppFixture {
  const start = createFakeClock().now();
  let shop: Shop;
  let clock: FakeClock;
  let app: TestApp;

  beforeAll(async () => {
    shop = await startShop({ now: start, products: options.products });
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    clock = createFakeClock();
    app = await buildTestApp(shop.uri, { clock, cached: true });
    await app.following;
  });
  afterEach(async () => {
    await shop.heal();
    await app.close();
  });

  return {
    start,
    get shop() {
      return shop;
    },
    get clock() {
      return clock;
    },
    get app() {
      return app;
    },
    restart: async (env) => {
      await app.close();
      app = await buildTestApp(shop.uri, { clock, cached: true, env });
    },
  };
}
