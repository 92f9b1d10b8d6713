import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { bearer, buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const clock = createFakeClock();
const { logger, lines } = createTestLogger('info');
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 30 });
  app = await buildTestApp(shop.uri, { clock, logger });
});
beforeEach(() => {
  lines.length = 0;
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

describe('the log', () => {
  it('has a line for each page, in the documented form', async () => {
    const userId = '507f1f77bcf86cd799439011';
    await app.get('/api/v1/homepage?sections=events,offers', {
      'x-request-id': 'req_xyz123',
      ...(await bearer(userId, clock)),
    });
    expect(lines).toEqual([
      {
        level: 'INFO',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
        requestId: 'req_xyz123',
        ...{ method: 'GET', path: '/api/v1/homepage', status: 200, client: '127.0.0.1' },
        userId,
        duration: 0,
        cacheHit: false,
        sections: { events: 'success', offers: 'success' },
        message: 'Homepage request completed',
      },
    ]);
  });

  it('has a line for every other answer, and for probes only when they fail', async () => {
    await app.get('/nowhere?secret=1');
    await app.get('/healthz');
    await app.graphql('{ __typename }');
    expect(lines.map(({ message, path, status }) => [message, path, status])).toEqual([
      ['Request completed', '/nowhere', 404],
      ['Request completed', '/graphql', 200],
    ]);
    expect(JSON.stringify(lines)).not.toContain('secret');
  });

  it('warns of a partial failure, with its cause, by the same request id', async () => {
    await shop.fail('offers', { errorCode: 96 });
    const { headers } = await app.get('/api/v1/homepage?sections=events,offers');
    await shop.heal();
    expect(lines.map(({ level, message, requestId }) => [level, message, requestId])).toEqual([
      ['WARN', 'section failed', headers['x-request-id']],
      ['WARN', 'Homepage request completed', headers['x-request-id']],
    ]);
    expect(lines[1]?.['sections']).toEqual({ events: 'success', offers: 'failed' });
  });

  it('never holds a token', async () => {
    const headers = await bearer('507f1f77bcf86cd799439011', clock, { secret: 'some other secret of 32 bytes....' });
    await app.get('/api/v1/homepage', headers);
    expect(JSON.stringify(lines)).not.toContain(headers.authorization.slice(7));
  });
});
