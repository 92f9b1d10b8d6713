import { MongoClient } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/core/clock.js';
import { startDemoDatabase } from '../src/demo/demo-database.js';
import { startEmbeddedDatabase } from '../src/embedded-mongodb/embedded-server.js';
import { buildTestApp } from './support/app/build-test-app.js';
import { createFakeClock } from './support/fake-clock.js';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A port that nobody listens on (any more). */
async function freePort(): Promise<number> {
  const probe = await startEmbeddedDatabase();
  await probe.close();
  return probe.port;
}

describe('an unreachable database', () => {
  it('is said by /readyz and answered with 503 at once; when it comes, and comes back, the gateway serves', async () => {
    const port = await freePort();
    const clock = createFakeClock();
    const app = await buildTestApp(
      `mongodb://127.0.0.1:${port}/shop?directConnection=true&serverSelectionTimeoutMS=200`,
      {
        clock,
        waitForDatabase: false,
      },
    );
    closing.push(app.close);
    const ready = async () => {
      await clock.advance(1000);
      return (await app.get('/readyz')).status;
    };

    const reasons = (await app.get('/readyz')).body as unknown as { reasons: string[] };
    expect(reasons.reasons).toEqual([expect.stringMatching(/^database: /)]);
    expect((await app.get('/healthz')).status).toBe(200);
    for (const url of ['/api/v1/homepage', '/offers']) {
      const { status, headers, body } = await app.get(url);
      expect([url, status, headers['retry-after']]).toEqual([url, 503, '5']);
      expect(body.errors?.[0]?.['code']).toBe('DB_CONNECTION_ERROR');
    }
    const graphql = await app.graphql('{ homepage { events { section } } }');
    expect([graphql.status, graphql.headers['retry-after']]).toEqual([503, '5']);

    const first = await startDemoDatabase({ port, products: 20, seed: 1, clock: systemClock });
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    expect((await app.get('/api/v1/homepage')).status).toBe(200);

    await first.close();
    await expect.poll(ready, { timeout: 10_000 }).toBe(503);
    expect((await app.get('/api/v1/homepage')).status).toBe(503);

    const second = await startDemoDatabase({ port, products: 20, seed: 1, clock: systemClock });
    closing.push(second.close);
    await expect.poll(ready, { timeout: 10_000 }).toBe(200);
    expect((await app.get('/api/v1/homepage')).status).toBe(200);
  }, 40_000);
});

describe('a database that goes away', () => {
  it('answers what waits for it with 503 soon, not when the time of the request is over', async () => {
    const database = await startDemoDatabase({ port: 0, products: 20, seed: 1, clock: systemClock });
    const clock = createFakeClock();
    const app = await buildTestApp(database.uri, { clock });
    closing.push(app.close);
    const client = await MongoClient.connect(database.uri);
    const data = { failCommands: ['find'], blockConnection: true, blockTimeMS: 60_000, namespace: 'shop.events' };
    await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'alwaysOn', data });
    await client.close();
    const page = app.get('/api/v1/homepage?sections=events');
    await expect.poll(() => app.commands.length).toBe(2);
    await database.close();
    let answer: Awaited<typeof page> | undefined;
    void page.then((answered) => {
      answer = answered;
    });
    const startedAt = clock.now();
    await expect
      .poll(async () => {
        await clock.advance(50);
        return answer?.status;
      })
      .toBe(503);
    expect(clock.now() - startedAt).toBeLessThan(4000);
    expect(answer?.headers['retry-after']).toBe('5');
  });
});

describe('readiness', () => {
  it('ends when the process is going away', async () => {
    const database = await startDemoDatabase({ port: 0, products: 1, seed: 1, clock: systemClock });
    closing.push(database.close);
    const app = await buildTestApp(database.uri);
    closing.push(app.close);
    expect((await app.get('/readyz')).body).toMatchObject({ status: 'ready', breakers: { offers: 'closed' } });
    app.drain();
    const draining = await app.get('/readyz');
    expect([draining.status, draining.headers['retry-after']]).toEqual([503, '5']);
    expect(draining.body).toMatchObject({ status: 'unavailable', reasons: ['draining'] });
  });
});
