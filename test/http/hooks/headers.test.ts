import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
const ADMIN_TOKEN = 'the admin token of the tests';
let shop: Shop;
let app: TestApp;
let production: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock, cached: true, env: { ADMIN_TOKEN } });
  production = await buildTestApp(shop.uri, {
    clock,
    env: { NODE_ENV: 'production', CORS_ORIGINS: 'https://shop.example' },
  });
});
afterAll(async () => {
  await Promise.all([app.close(), production.close()]);
  await shop.close();
});

const page = '/api/v1/homepage?sections=offers';
/** Headers that mean something for HTML only. */
const ofPages = ['x-frame-options', 'referrer-policy', 'cross-origin-opener-policy', 'origin-agent-cluster'];
type Method = Parameters<TestApp['inject']>[0]['method'];

describe('security headers', () => {
  it.each([
    '/healthz',
    '/offers',
    page,
    '/nowhere',
    '/api/v1/homepage?limit=x',
    '/graphql?query={offers{total}}',
    '/images/x',
    '/offers?x=%',
  ])('of data on %s are those that mean something for data', async (url) => {
    const { headers } = await app.get(url);
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'cross-origin-resource-policy': 'same-origin',
      'x-content-type-options': 'nosniff',
    });
    for (const name of ['x-powered-by', 'strict-transport-security', ...ofPages])
      expect(headers).not.toHaveProperty(name);
  });

  it('of pages are on the landing page', async () => {
    const { headers } = await app.get('/graphql', { accept: 'text/html' });
    for (const name of ofPages) expect(headers).toHaveProperty(name);
  });

  it('keep browsers to HTTPS in production only', async () => {
    const { headers } = await production.get('/healthz');
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it('let pictures style themselves', async () => {
    const { body } = await app.get(page);
    const image = String(body.data.sections['offers']?.items[0]?.['image']);
    const { status, headers } = await app.get(image);
    expect([status, headers['content-security-policy']]).toEqual([
      200,
      "default-src 'none'; style-src 'unsafe-inline'",
    ]);
    expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
  });

  it('let Apollo Sandbox load what its page names, and run its own scripts by their nonce', async () => {
    const { headers, text } = await app.get('/graphql', { accept: 'text/html' });
    const policy = String(headers['content-security-policy']);
    const sources = new Map(policy.split('; ').map((directive) => [directive.split(' ')[0], directive.split(' ')]));
    const allowed = (kind: string, url: string) => sources.get(kind)?.some((source) => url.startsWith(source)) ?? false;
    const scripts = [...text.matchAll(/<script nonce="(\w+)"(?: src="([^"]+)")?/g)];
    expect(scripts.length).toBeGreaterThan(1);
    for (const [, nonce, url] of scripts) {
      expect(sources.get('script-src')).toContain(`'nonce-${nonce}'`);
      if (url !== undefined) expect(allowed('script-src', url), url).toBe(true);
    }
    expect(allowed('frame-src', 'https://sandbox.embed.apollographql.com/sandbox')).toBe(true);
    expect(allowed('style-src', 'https://fonts.googleapis.com/css2')).toBe(true);
    expect(sources.get('connect-src')).toContain("'self'");
    expect(policy).not.toContain('unsafe');
  });
});

describe('CORS', () => {
  const preflight = (target: TestApp, origin: string, url = page) =>
    target.inject({
      method: 'OPTIONS' as Method,
      url,
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    });

  it.each([
    ['https://shop.example', true],
    ['https://shop.example.evil.example', false],
    ['http://shop.example', false],
    ['https://studio.apollographql.com', false],
    ['null', false],
  ])('%s may read answers in production: %s', async (origin, may) => {
    const expected = may ? origin : undefined;
    const { status, headers } = await preflight(production, origin, '/graphql');
    expect([status, headers['access-control-allow-origin']]).toEqual([204, expected]);
    const answer = await production.get(page, { origin });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([200, expected]);
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
  });

  it.each([
    ['http://localhost:3000', true],
    ['http://localhost', true],
    ['http://127.0.0.1:5173', true],
    ['https://studio.apollographql.com', true],
    ['http://localhost.evil.example', false],
    ['http://localhost:3000.evil.example', false],
    ['http://127x0x0x1:1', false],
    ['evil:http://localhost:3000', false],
  ])('%s may in development: %s', async (origin, may) => {
    const { headers } = await app.get('/nowhere', { origin });
    expect(headers['access-control-allow-origin']).toBe(may ? origin : undefined);
  });

  it('lets a page read why it was refused, and a preflight of any path pass', async () => {
    const origin = 'https://shop.example';
    const { status } = await preflight(production, origin, '/nowhere');
    expect(status).toBe(204);
    for (const [url, accept, expected] of [
      ['/nowhere', '*/*', 404],
      ['/offers', 'text/html', 406],
      [`/offers?${'x'.repeat(8200)}`, '*/*', 414],
    ] as const) {
      const answer = await production.get(url, { origin, accept });
      expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([expected, origin]);
    }
  });

  it('lets a page of an allowed origin send any header, and no other page any', async () => {
    const wanted = 'apollographql-client-name,traceparent,sentry-trace,x-request-timeout-ms';
    const ask = (origin: string) =>
      production.inject({
        method: 'OPTIONS' as Method,
        url: page,
        headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': wanted },
      });
    expect((await ask('https://shop.example')).headers['access-control-allow-headers']).toBe(wanted);
    const refused = await ask('https://other.example');
    expect(Object.keys(refused.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });

  it('names the headers that pages may read, to them alone', async () => {
    const answer = await production.get(page, { origin: 'https://shop.example' });
    for (const name of ['etag', 'x-request-id', 'ratelimit', 'ratelimit-policy', 'retry-after', 'age']) {
      expect(String(answer.headers['access-control-expose-headers']).split(', ')).toContain(name);
    }
    expect((await production.get(page)).headers).not.toHaveProperty('access-control-expose-headers');
  });

  it.each([
    [page, {}, ['accept-encoding', 'authorization', 'origin']],
    [page, { origin: 'https://shop.example' }, ['accept-encoding', 'authorization', 'origin']],
    ['/api/v1/homepage', { 'accept-encoding': 'br' }, ['accept-encoding', 'authorization', 'origin']],
    ['/offers?limit=20', { 'accept-encoding': 'gzip' }, ['accept-encoding', 'authorization', 'origin']],
    ['/graphql?query={offers{total}}', {}, ['accept', 'accept-encoding', 'authorization', 'origin']],
    ['/graphql', { accept: 'text/html' }, ['accept', 'origin']],
  ])('tells caches by what the answer to %s with %j differs, each header once', async (url, sent, expected) => {
    const { headers } = await production.get(url, sent);
    expect(String(headers['vary']).toLowerCase().split(', ').sort()).toEqual(expected);
  });
});

describe("answers that are nobody's to keep", () => {
  it.each([
    ['/nowhere', {}, 404],
    ['/offers', { accept: 'text/html' }, 406],
    ['/offers?limit=x', {}, 400],
    ['/offers', { 'x-request-timeout-ms': 'soon' }, 400],
    ['/%zz', {}, 400],
    ['/graphql?query={nope}', {}, 400],
    ['/graphql?query={offers{total}}', { 'x-request-timeout-ms': 'soon' }, 400],
    ['/api/v1/homepage?userId=507f1f77bcf86cd799439011', {}, 401],
    ['/healthz', {}, 200],
  ])('%s with %j says no-store', async (url, sent, status) => {
    const answer = await app.get(url, sent);
    expect([answer.status, answer.headers['cache-control']]).toEqual([status, 'no-store']);
  });
});

describe('methods', () => {
  it.each([page, '/offers', '/healthz', '/graphql?query={offers{section}}', '/nowhere'])(
    'HEAD %s has the headers of GET and no body',
    async (url) => {
      const headers = { 'accept-encoding': 'br', 'x-request-id': 'same' };
      const get = await app.get(url, headers);
      const head = await app.inject({ method: 'HEAD', url, headers });
      const { date: _, ...expected } = get.headers;
      expect([head.status, head.text]).toEqual([get.status, '']);
      // Of an error body, the time and the method may have another length.
      if (get.status >= 400) delete expected['content-length'];
      expect(head.headers).toMatchObject(expected);
    },
  );

  it('HEAD is a 304 where GET is', async () => {
    const { headers } = await app.get(page);
    const held = { 'if-none-match': String(headers['etag']) };
    expect((await app.inject({ method: 'HEAD', url: page, headers: held })).status).toBe(304);
  });

  it.each([
    ['PUT', '/graphql', 405, 'GET, HEAD, OPTIONS, POST'],
    ['DELETE', '/images/x/y', 405, 'GET, HEAD, OPTIONS'],
    ['POST', page, 405, 'GET, HEAD, OPTIONS'],
    ['PROPFIND', '/offers', 405, 'GET, HEAD, OPTIONS'],
    ['TRACE', '/offers', 405, 'GET, HEAD, OPTIONS'],
    ['GET', '/admin/invalidate', 405, 'OPTIONS, POST'],
    ['OPTIONS', '/admin/invalidate', 204, 'OPTIONS, POST'],
    ['OPTIONS', page, 204, 'GET, HEAD, OPTIONS'],
    ['OPTIONS', '/graphql', 204, 'GET, HEAD, OPTIONS, POST'],
    ['OPTIONS', '/nowhere', 404, undefined],
    ['PUT', '/nowhere', 404, undefined],
  ])('%s %s is a %i, allowed is %s', async (method, url, status, allow) => {
    const answer = await app.inject({ method: method as Method, url });
    expect([answer.status, answer.headers['allow']]).toEqual([status, allow]);
    if (status >= 400) expect(answer.text).toMatch(url === '/graphql' ? /^{"errors":/ : /"success":false/);
  });

  it('without an admin token its path does not exist', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS'] as Method[]) {
      expect((await production.inject({ method, url: '/admin/invalidate' })).status).toBe(404);
    }
  });
});

describe('media types', () => {
  it.each([
    [undefined, 200],
    ['', 200],
    ['*/*', 200],
    ['application/*', 200],
    ['text/html, application/json;q=0.1', 200],
    ['text/html,application/xhtml+xml,*/*;q=0.8', 200],
    ['application/json; charset=utf-8', 200],
    ['text/html', 406],
    ['application/json;q=0', 406],
    ['application/json;q=0, */*', 406],
    ['image/*', 406],
  ])('accept: %s is a %i', async (accept, status) => {
    const { status: answered, body } = await app.get(page, accept === undefined ? {} : { accept });
    expect([answered, body.success]).toEqual([status, status === 200]);
    if (status === 406) expect(body.message).toContain('allowed: application/json');
  });

  it.each([
    ['application/json', '{', 400],
    ['application/json', '', 400],
    ['application/json', '{"__proto__": {"tags": []}}', 400],
    ['application/xml', '<x/>', 415],
    ['text/plain', '{}', 415],
    [';', '{}', 415],
  ])('a body of %s, %s, is a %i in the envelope', async (type, payload, status) => {
    const headers = { 'content-type': type, authorization: `Bearer ${ADMIN_TOKEN}` };
    const answer = await app.inject({ method: 'POST', url: '/admin/invalidate', headers, payload });
    expect([answer.status, answer.body.success]).toEqual([status, false]);
    if (status === 415) expect(answer.body.message).toContain('allowed: application/json');
  });
});
