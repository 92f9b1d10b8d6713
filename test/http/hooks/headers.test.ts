import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../support/app.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { type Shop, startShop } from '../../support/shop.js';

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
type Method = Parameters<TestApp['inject']>[0]['method'];

describe('security headers', () => {
  it.each([
    '/healthz',
    '/offers',
    page,
    '/nowhere',
    '/api/v1/homepage?limit=x',
    '/graphql',
    '/images/x',
    '/offers?x=%',
  ])('are on %s', async (url) => {
    const { headers } = await app.get(url);
    expect(headers).toMatchObject({
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    expect(headers).not.toHaveProperty('x-powered-by');
    expect(headers).not.toHaveProperty('strict-transport-security');
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

  it('names the headers that pages may send and read', async () => {
    const { headers } = await preflight(production, 'https://shop.example');
    const sent = String(headers['access-control-allow-headers']);
    for (const name of ['authorization', 'content-type', 'apollo-require-preflight', 'x-request-timeout-ms']) {
      expect(sent).toContain(name);
    }
    const answer = await production.get(page, { origin: 'https://shop.example' });
    for (const name of ['etag', 'x-request-id', 'ratelimit-remaining', 'retry-after', 'age']) {
      expect(answer.headers['access-control-expose-headers']).toContain(name);
    }
  });

  it('tells caches that answers differ by origin, beside all else, whoever asked', async () => {
    for (const headers of [{}, { origin: 'https://shop.example' }]) {
      const { headers: sent } = await production.get(page, headers);
      const vary = String(sent['vary']).toLowerCase().split(', ');
      expect(vary).toEqual(expect.arrayContaining(['origin', 'accept-encoding', 'authorization']));
    }
  });
});

describe('methods', () => {
  it.each([page, '/offers', '/healthz', '/graphql?query={offers{section}}', '/nowhere'])(
    'HEAD %s has the headers of GET and no body',
    async (url) => {
      const headers = { 'accept-encoding': 'br', 'apollo-require-preflight': '1', 'x-request-id': 'same' };
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
