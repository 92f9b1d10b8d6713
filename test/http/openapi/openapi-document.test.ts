import { createConfig, lint } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { contractFaults } from '../../support/app/openapi-contract.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock } from '../../support/fake-clock.js';

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

describe('the OpenAPI document', () => {
  it('has no fault that Redocly finds', async () => {
    const config = await createConfig({
      extends: ['recommended'],
      // Paths of a server that is deployed anywhere, and probes that cannot be wrong by the request.
      rules: { 'no-server-example.com': 'off', 'operation-4xx-response': 'off' },
    });
    const problems = await lint({ ref: 'schema/openapi.yaml', config });
    expect(problems.map(({ message, ruleId }) => `${ruleId}: ${message}`)).toEqual([]);
  });

  it('is served, and describes every section and the parameters of the page', async () => {
    const { status, text, headers } = await app.get('/api/v1/openapi.json');
    expect([status, headers['content-type']]).toEqual([200, 'application/json; charset=utf-8']);
    const document = JSON.parse(text);
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.components.schemas.Page.properties.sections.properties)).toEqual(
      registry.map(({ key }) => key),
    );
    const names = document.paths['/api/v1/homepage'].get.parameters.map(({ name }: { name: string }) => name);
    expect(names).toEqual([
      'userId',
      'limit',
      'location',
      'fresh',
      'sections',
      'includeAnalytics',
      'fields',
      'fallback',
    ]);
  });

  it('holds answers to what it says', async () => {
    const { text } = await app.get('/api/v1/homepage?limit=1');
    const path = '/api/v1/homepage';
    expect(contractFaults({ path, status: 200, text })).toEqual([]);
    const wrong = text.replace('"fromCache":', '"fromCash":').replace('"version":"1.0.0"', '"version":"2"');
    expect(contractFaults({ path, status: 200, text: wrong }).join()).toMatch(/fromCache.*|version/);
    expect(contractFaults({ path, status: 418, text: '{}' }).length).toBeGreaterThan(0);
    expect(contractFaults({ path: '/nowhere', status: 404, text: '{}' })).toEqual([]);
  });
});

describe('pages for developers', () => {
  it('are the reference with its own files, and GraphiQL outside production', async () => {
    for (const path of ['/docs', '/graphiql']) {
      const { status, headers, text } = await app.get(path);
      expect([path, status, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self' 'sha256-");
      // Nothing is loaded from elsewhere.
      expect(text.match(/<(?:script|link)[^>]+(?:src|href)="https?:/g)).toBeNull();
    }
    expect((await app.get('/docs/swagger-ui-bundle.js')).status).toBe(200);
    const production = await buildTestApp(shop.uri, { clock, env: { NODE_ENV: 'production' } });
    expect((await production.get('/graphiql')).status).toBe(404);
    expect((await production.get('/docs')).status).toBe(200);
    await production.close();
  });
});
