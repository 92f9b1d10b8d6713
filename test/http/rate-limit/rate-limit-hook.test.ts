import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import { bearer, buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { everySection } from '../../support/data/sections.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';

let shop: Shop;
let clock: FakeClock;
let app: TestApp;
const offers = '/api/v1/homepage?sections=offers&limit=1';
const userId = '507f1f77bcf86cd799439011';

beforeAll(async () => {
  shop = await startShop({ now: createFakeClock().now(), products: 30 });
});
afterAll(() => shop.close());
beforeEach(() => {
  clock = createFakeClock();
});
afterEach(() => app.close());

const start = async (env: Record<string, string>) => {
  app = await buildTestApp(shop.uri, { clock, env });
};
const forwarded = (address: string) => ({ 'x-forwarded-for': address });
const left = (headers: Record<string, unknown>) => Number(/;r=(\d+);/.exec(String(headers['ratelimit']))?.[1]);

describe('the rate limit', () => {
  it('tells where a client stands, refuses with 429 beyond it, and keeps its word on when to come back', async () => {
    await start({ RATE_LIMIT_MAX: '2' });
    const first = await app.get(offers);
    expect([first.status, first.headers]).toMatchObject([
      200,
      { ratelimit: '"default";r=1;t=70', 'ratelimit-policy': '"default";q=2;w=60' },
    ]);
    expect(Object.keys(first.headers).filter((name) => name.startsWith('ratelimit'))).toHaveLength(2);
    await app.get('/products/featured');
    const refused = await app.get(offers);
    expect([refused.status, refused.body]).toMatchObject([429, { success: false, errors: [{ code: 'RATE_LIMITED' }] }]);
    const graphql = await app.graphql('{ offers { total } }');
    expect([graphql.status, graphql.body.errors?.[0]?.extensions['code']]).toEqual([429, 'RATE_LIMITED']);
    await clock.advance(Number(refused.headers['retry-after']) * 1000);
    expect((await app.get(offers)).status).toBe(200);
  });

  it('is for nobody when it is 0, nor for probes, pictures and preflights', async () => {
    await start({ RATE_LIMIT_MAX: '0' });
    expect((await app.get(offers)).headers).not.toHaveProperty('ratelimit');
    await app.close();
    await start({ RATE_LIMIT_MAX: '1' });
    for (const url of ['/healthz', '/readyz', '/images/x.svg']) {
      expect((await app.get(url)).headers).not.toHaveProperty('ratelimit');
    }
  });

  it('costs 5 for what is fresh, by REST and GraphQL, and passes whoever has spent nothing', async () => {
    await start({ RATE_LIMIT_MAX: '12' });
    expect(left((await app.get(`${offers}&fresh=true`)).headers)).toBe(7);
    expect(left((await app.graphql('query ($f: Boolean!) { offers(fresh: $f) { total } }', { f: true })).headers)).toBe(
      2,
    );
    const refused = await app.get('/products/featured?fresh=true');
    expect([refused.status, left(refused.headers)]).toEqual([429, 1]);
    expect((await app.graphql('{ offers(fresh: true) { total } }')).status).toBe(429);
    await app.close();
    await start({ RATE_LIMIT_MAX: '1' });
    expect((await app.get(`${offers}&fresh=true`)).status).toBe(200);
    expect((await app.get(offers)).status).toBe(429);
  });

  it('costs 1 for each begun page of sections of a GraphQL operation, five times that where they are fresh', async () => {
    await start({ RATE_LIMIT_MAX: '10' });
    const page = `homepage(limit: 20) { ${everySection('{ total }')} }`;
    expect(left((await app.graphql(`{ ${page} }`)).headers)).toBe(9);
    expect(left((await app.graphql(`{ a: ${page} offers(limit: 1) { total } }`)).headers)).toBe(7);
    const places = (count: number, args: string) =>
      Array.from(
        { length: count },
        (_, lng) => `p${lng}: ${args.replace('LNG', String(lng))} { trendingStores { total } }`,
      );
    const cheap = places(2 * registry.length, 'homepage(limit: 1, location: { lng: LNG, lat: 0 })');
    expect(left((await app.graphql(`{ ${cheap} }`)).headers)).toBe(5);
    const dear = places(registry.length + 1, 'homepage(limit: 1, fresh: true, location: { lng: LNG, lat: 0 })');
    expect((await app.graphql(`{ ${dear} }`)).status).toBe(429);
  });

  it('counts a user wherever they are, and a bad token for its address', async () => {
    await start({ RATE_LIMIT_MAX: '3', TRUST_PROXY: 'true' });
    const token = await bearer(userId, clock);
    expect(left((await app.get(offers, { ...token, ...forwarded('1.1.1.1') })).headers)).toBe(2);
    expect(left((await app.get(offers, { ...token, ...forwarded('2.2.2.2') })).headers)).toBe(1);
    expect(left((await app.get(offers, forwarded('1.1.1.1'))).headers)).toBe(2);
    const bad = await bearer(userId, clock, { secret: 'another secret, also 32 bytes long' });
    expect(left((await app.get(offers, { ...bad, ...forwarded('1.1.1.1') })).headers)).toBe(1);
  });

  it('ignores X-Forwarded-For unless told to trust it', async () => {
    await start({ RATE_LIMIT_MAX: '3' });
    await app.get(offers, forwarded('1.1.1.1'));
    expect(left((await app.get(offers, forwarded('2.2.2.2'))).headers)).toBe(1);
  });

  it.each([
    ['a /64 is one client', '2001:db8:1:2::1', '2001:db8:1:2:ffff::9', true],
    ['two /64 are two', '2001:db8:1:2::1', '2001:db8:1:3::1', false],
    ['an IPv4-mapped address is the IPv4 one', '1.2.3.4', '::ffff:1.2.3.4', true],
    ['a port is no part of an address', '1.2.3.4:1000', '1.2.3.4:2000', true],
    ['addresses with ports are told apart', '1.2.3.4:1000', '1.2.3.5:1000', false],
    ['a port of IPv6 is no part of it', '[2001:db8:1:2::1]:1000', '2001:db8:1:2::1', true],
    ['brackets are no part of IPv6', '[2001:db8:1:2::1]', '2001:db8:1:3::1', false],
    ['garbage is the connection', 'garbage', "x'; drop", true],
    ['garbage is not another', 'garbage', '1.2.3.4', false],
  ])('%s', async (_, one, two, same) => {
    await start({ RATE_LIMIT_MAX: '3', TRUST_PROXY: 'true' });
    await app.get(offers, forwarded(one));
    expect(left((await app.get(offers, forwarded(two))).headers)).toBe(same ? 1 : 2);
  });

  it('counts paths and methods that do not exist, and refuses them beyond it', async () => {
    await start({ RATE_LIMIT_MAX: '3' });
    expect((await app.get('/nowhere')).status).toBe(404);
    expect((await app.inject({ method: 'POST', url: '/offers' })).status).toBe(405);
    expect((await app.get('/offers', { accept: 'text/html' })).status).toBe(406);
    expect((await app.get('/nowhere')).status).toBe(429);
    expect((await app.inject({ method: 'POST', url: '/offers' })).status).toBe(429);
  });

  it('counts paths that cannot be decoded, and refuses them beyond it', async () => {
    await start({ RATE_LIMIT_MAX: '2' });
    const undecodable = await app.get('/%zz');
    expect([undecodable.status, left(undecodable.headers)]).toEqual([400, 1]);
    expect(left((await app.get(offers)).headers)).toBe(0);
    const refused = await app.get('/%zz');
    expect([refused.status, refused.body.errors?.[0]?.['code']]).toEqual([429, 'RATE_LIMITED']);
    expect(refused.headers['retry-after']).toBeDefined();
  });

  it('knows a proxy by its address also where the next one wrote a port to it', async () => {
    await start({ RATE_LIMIT_MAX: '3', TRUST_PROXY: 'loopback, 10.0.0.0/8' });
    await app.get(offers, forwarded('1.1.1.1:4000, 10.0.0.7:80'));
    expect(left((await app.get(offers, forwarded('2.2.2.2:4000, 10.0.0.7:80'))).headers)).toBe(2);
    expect(left((await app.get(offers, forwarded('1.1.1.1:4001, 10.0.0.7:81'))).headers)).toBe(1);
  });

  it.each([
    ['one hop', '1'],
    ['a list', 'loopback, 10.0.0.0/8'],
  ])('with %s, what a client itself forges before its proxy is not believed', async (_, trust) => {
    await start({ RATE_LIMIT_MAX: '3', TRUST_PROXY: trust });
    await app.get(offers, forwarded('9.9.9.9, 1.1.1.1'));
    expect(left((await app.get(offers, forwarded('8.8.8.8, 1.1.1.1'))).headers)).toBe(1);
    expect(left((await app.get(offers, forwarded('8.8.8.8, 1.1.1.2'))).headers)).toBe(2);
  });
});
