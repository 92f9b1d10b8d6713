import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { everySection, sectionsShowing } from '../support/data/sections.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const clock = createFakeClock();
const { logger, lines } = createTestLogger();
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 50 });
});
afterAll(() => shop.close());
// One each: failures of one test would open the breakers of the next.
beforeEach(async () => {
  app = await buildTestApp(shop.uri, { clock, logger });
});
afterEach(async () => {
  await shop.heal();
  await app.close();
});

const QUERY = `{ homepage { ${everySection('{ total }')} metadata { partialFailure sections { section status } } } }`;
const failing = sectionsShowing('offers');
const served = registry.filter((section) => !failing.includes(section));

describe('a failing collection', () => {
  it('costs GraphQL its own sections: null fields, with an error each that says where, what and when', async () => {
    await shop.fail('offers', { failCommands: ['find'], errorCode: 96 });
    const { status, body } = await app.graphql(QUERY);
    const page = body.data?.['homepage'];
    expect(status).toBe(200);
    for (const { key } of failing) expect(page?.[key]).toBeNull();
    for (const { key } of served) {
      expect(page?.[key]).toMatchObject({ total: expect.any(Number) });
    }
    const byPath = (a: { path?: unknown }, b: { path?: unknown }) => String(a.path).localeCompare(String(b.path));
    const expected = failing.map(({ id, key }) => ({ section: id, path: ['homepage', key] })).sort(byPath);
    expect([...(body.errors ?? [])].sort(byPath)).toEqual(
      expected.map(({ section, path }) => ({
        message: `Failed to fetch ${section}`,
        locations: expect.any(Array),
        path,
        extensions: {
          code: 'SECTION_FETCH_ERROR',
          section,
          severity: 'medium',
          timestamp: new Date(clock.now()).toISOString(),
          retryable: true,
        },
      })),
    );
    expect(page?.['metadata']).toMatchObject({ partialFailure: true });
    expect(page?.['metadata']).toMatchObject({
      sections: expect.arrayContaining([
        { section: 'OFFERS', status: 'FAILED' },
        { section: 'EVENTS', status: 'FRESH' },
      ]),
    });
  });

  it('costs REST the same, with status 200', async () => {
    await shop.fail('offers', { failCommands: ['find'], errorCode: 96 });
    const { status, body } = await app.get('/api/v1/homepage');
    expect(status).toBe(200);
    expect(body.success).toBe(true);
    for (const { key } of failing) expect(body.data.sections[key]).toBeNull();
    for (const { key } of served) expect(body.data.sections[key]).not.toBeNull();
    expect(body.data.metadata['partialFailure']).toBe(true);
    for (const error of body.errors ?? []) {
      expect(Object.keys(error)).toEqual(['section', 'message', 'code', 'timestamp', 'severity']);
    }
    expect(body.errors?.map(({ section, message, code }) => [section, message, code]).sort()).toEqual(
      failing.map(({ id }) => [id, `Failed to fetch ${id}`, 'SECTION_FETCH_ERROR']).sort(),
    );
  });

  it('is an empty section with fallback=empty, marked as an error', async () => {
    await shop.fail('offers', { errorCode: 96 });
    const { body } = await app.get('/api/v1/homepage?sections=offers,events&fallback=empty');
    expect(body.data.sections['offers']).toEqual({
      id: 'offers',
      title: 'Offers',
      type: 'offers',
      items: [],
      total: 0,
      hasMore: false,
      lastUpdated: new Date(clock.now()).toISOString(),
      error: true,
    });
    expect(body.errors).toHaveLength(1);
  });

  it.each(['stores', 'categories'])(
    'costs items that only refer to %s the reference, not their sections',
    async (collection) => {
      await shop.fail(collection, { failCommands: ['find'], errorCode: 96 });
      const { body } = await app.get('/api/v1/homepage?sections=offers');
      const field = collection === 'stores' ? 'store' : 'category';
      expect(body.errors).toBeUndefined();
      expect(body.data.sections['offers']?.items[0]).toMatchObject({ [field]: null, title: expect.any(String) });
      expect(lines).toContainEqual(
        expect.objectContaining({ level: 'WARN', message: `references to ${collection} could not be resolved` }),
      );
    },
  );

  it('fails a count that is needed as it fails a find, and takes nothing from a list that holds every match', async () => {
    await shop.fail(undefined, { failCommands: ['aggregate', 'count'], errorCode: 96 });
    const { body } = await app.get('/api/v1/homepage?sections=newArrivals,events');
    expect(body.data.sections['newArrivals']).toBeNull();
    expect(body.data.sections['events']).toMatchObject({ total: 15, hasMore: true });
  });

  it('keeps what it died of to the log', async () => {
    lines.length = 0;
    await shop.fail('offers', { errorCode: 96 });
    const { text } = await app.get('/api/v1/homepage?sections=offers');
    expect(text).not.toMatch(/failCommand|failpoint|Mongo|stack|\.ts\b/);
    const failure = lines.find(({ message }) => message === 'section failed');
    expect(failure).toMatchObject({ section: 'offers', level: 'WARN', requestId: expect.stringMatching(/^req_/) });
    expect(JSON.stringify(failure)).toContain('failCommand');
  });
});

describe('a page of which nothing can be served', () => {
  it('is a 500 in REST, with every section null and an error each', async () => {
    await shop.fail(undefined, { errorCode: 96 });
    const { status, body } = await app.get('/api/v1/homepage?sections=offers,events');
    expect(status).toBe(500);
    expect(body).toMatchObject({ success: false, message: 'Every section failed' });
    expect(body.data.sections).toEqual({ events: null, offers: null });
    expect(body.errors?.map(({ code }) => code)).toEqual(['SECTION_FETCH_ERROR', 'SECTION_FETCH_ERROR']);
    expect(Object.keys(body)).toEqual(['version', 'success', 'data', 'errors', 'message']);
  });

  it('is a 200 with null fields and errors in GraphQL', async () => {
    await shop.fail(undefined, { errorCode: 96 });
    const { status, body } = await app.graphql('{ homepage { offers { total } events { total } } }');
    expect(status).toBe(200);
    expect(body.data).toEqual({ homepage: { offers: null, events: null } });
    expect(body.errors).toHaveLength(2);
  });

  it('is a 503 with Retry-After when the connections to the database break', async () => {
    await shop.fail(undefined, { closeConnection: true });
    const rest = await app.get('/api/v1/homepage?sections=offers,events');
    expect(rest.status).toBe(503);
    expect(rest.headers['retry-after']).toBe('5');
    expect(rest.body.errors?.map(({ code }) => code)).toEqual(['DB_CONNECTION_ERROR', 'DB_CONNECTION_ERROR']);
    const graphql = await app.graphql('{ homepage { offers { total } } }');
    expect(graphql.status).toBe(503);
    expect(graphql.headers['retry-after']).toBe('5');
    const legacy = await app.get('/offers');
    expect(legacy.status).toBe(503);
    expect(legacy.headers['retry-after']).toBe('5');
  });
});

describe('a slow collection', () => {
  it('is a TIMEOUT_ERROR of its section after QUERY_TIMEOUT; the others answer', async () => {
    await shop.fail('events', { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 });
    app.commands.length = 0;
    const page = app.get('/api/v1/homepage?sections=events,offers');
    await expect
      .poll(async () => {
        await clock.advance(1);
        return app.commands.some(({ collection }) => collection === 'stores');
      })
      .toBe(true);
    await clock.advance(5000);
    const { status, body } = await page;
    expect(status).toBe(200);
    expect(body.data.sections['events']).toBeNull();
    expect(body.errors?.[0]).toMatchObject({
      section: 'events',
      code: 'TIMEOUT_ERROR',
      message: 'Timed out fetching events',
    });
    expect(body.data.sections['offers']).not.toBeNull();
  });

  it.each(['categories', 'stores'])(
    'costs its references when it is %s, not the sections that refer to it',
    async (collection) => {
      await shop.fail(collection, { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000 }, { times: 1 });
      app.commands.length = 0;
      const page = app.get('/api/v1/homepage?sections=offers');
      await expect.poll(() => app.commands.filter(({ name }) => name === 'find').length).toBe(3);
      await clock.advance(4000);
      const { status, body } = await page;
      expect([status, body.errors]).toEqual([200, undefined]);
      const slow = collection === 'stores' ? 'store' : 'category';
      expect(body.data.sections['offers']?.items[0]).toMatchObject({ title: expect.any(String), [slow]: null });
    },
  );

  it('is a TIMEOUT_ERROR too when the database itself gives up in time', async () => {
    await shop.fail('events', { failCommands: ['find'], errorCode: 50 });
    const { body } = await app.get('/api/v1/homepage?sections=events,offers');
    expect(body.errors?.[0]).toMatchObject({ section: 'events', code: 'TIMEOUT_ERROR' });
  });
});
