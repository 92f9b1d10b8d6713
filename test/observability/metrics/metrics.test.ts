import { execFileSync, spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock, cached: true, env: { ADMIN_TOKEN: 'admin', RATE_LIMIT_MAX: '0' } });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

const scrape = async () => (await app.get('/metrics')).text;
/** The value of a series, as it is written but for the order of its labels. */
const seriesValue = (text: string, name: string, labels: Record<string, string> = {}): number | undefined => {
  const line = text.split('\n').find((one) => {
    return (
      (one.startsWith(`${name}{`) || one.startsWith(`${name} `)) &&
      Object.entries(labels).every(([label, value]) => one.includes(`${label}="${value}"`))
    );
  });
  return line === undefined ? undefined : Number(line.split(' ').at(-1));
};

describe('metrics', () => {
  it('count requests by route and status, on both ways', async () => {
    const count = async () =>
      seriesValue(await scrape(), 'homepage_http_request_duration_seconds_count', {
        ...{ route: '/api/v1/homepage', method: 'GET', status: '200' },
      }) ?? 0;
    const before = await count();
    for (let i = 0; i < 3; i++) await app.get('/api/v1/homepage?limit=4');
    expect((await count()) - before).toBe(3);
    await app.get('/api/v1/homepage?limit=99');
    const labels = { route: '/api/v1/homepage', status: '400' };
    expect(seriesValue(await scrape(), 'homepage_http_request_duration_seconds_count', labels)).toBe(1);
  });

  it('have every section from the beginning', async () => {
    const text = await scrape();
    for (const { id } of registry) {
      for (const result of ['fresh', 'cached', 'stale', 'grace', 'failed']) {
        expect(seriesValue(text, 'homepage_section_answers_total', { section: id, result }), id).toBeGreaterThanOrEqual(
          0,
        );
      }
      for (const result of ['won', 'held', 'expired'])
        expect(seriesValue(text, 'homepage_leases_total', { section: id, result }), id).toBe(0);
    }
    for (const reason of ['source', 'waiting', 'event-loop'])
      expect(seriesValue(text, 'homepage_shed_loads_total', { reason })).toBe(0);
  });

  it('tell how sections were served, loaded and failed', async () => {
    const [section] = registry;
    const id = section?.id ?? '';
    // Data that was read less than a second ago counts as fresh.
    await clock.advance(2000);
    const before = await scrape();
    await app.get(`/api/v1/homepage?sections=${id}&limit=7&fresh=true`);
    const after = await scrape();
    const grown = (name: string, labels: Record<string, string>) =>
      (seriesValue(after, name, labels) ?? 0) - (seriesValue(before, name, labels) ?? 0);
    expect(grown('homepage_section_answers_total', { section: id, result: 'fresh' })).toBe(1);
    expect(seriesValue(after, 'homepage_memory_cache_entries')).toBeGreaterThan(0);
    expect(seriesValue(after, 'homepage_database_up')).toBe(1);
  });

  it('are as many series after ten thousand odd requests as after a hundred', async () => {
    const ask = (from: number, to: number) =>
      Promise.all(
        Array.from({ length: to - from }, (_, index) => {
          const n = from + index;
          const odd = [
            `/nowhere/${n}`,
            `/api/v1/homepage?x=${n}`,
            `/api/v1/homepage?limit=x${n}`,
            `/graphql?query=${n}`,
          ];
          return app.get(odd[n % odd.length] ?? '/');
        }),
      );
    await ask(0, 100);
    const series = (await scrape()).split('\n').length;
    for (let n = 100; n < 10_000; n += 100) await ask(n, n + 100);
    expect((await scrape()).split('\n').length).toBe(series);
  }, 60_000);

  const promtool = spawnSync('promtool', ['--version']).status === 0;
  if (!promtool && process.env['CI']) throw new Error('promtool is missing: apt-get install prometheus');
  it.skipIf(!promtool)('keep to the conventions of Prometheus (skipped without promtool)', async () => {
    const text = await scrape();
    expect(execFileSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })).toBe('');
  });
});

describe('GET /metrics', () => {
  it('answers this machine and the admin, and nobody else', async () => {
    const forwarded = { 'x-forwarded-for': '203.0.113.9' };
    expect((await app.get('/metrics', forwarded)).status).toBe(404);
    expect((await app.get('/metrics', { ...forwarded, authorization: 'Bearer admin' })).status).toBe(200);
    expect((await app.get('/metrics', { ...forwarded, authorization: 'Bearer wrong' })).status).toBe(404);
    for (const headers of [{}, { accept: 'text/plain' }]) {
      const { status, headers: sent } = await app.get('/metrics', headers);
      expect([status, sent['content-type']]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    }
  });
});
