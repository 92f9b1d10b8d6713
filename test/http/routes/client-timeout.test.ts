import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { buildTestApp, type TestApp } from '../../support/app/build-test-app.js';
import { type Shop, startShop } from '../../support/data/shop-documents.js';
import { createFakeClock, type FakeClock } from '../../support/fake-clock.js';

let shop: Shop;
let clock: FakeClock;
let app: TestApp;
let proxy: Server;
/** Connections of the driver that have ended. */
let ended: number;

beforeAll(async () => {
  shop = await startShop({ now: createFakeClock().now(), products: 30 });
});
afterAll(() => shop.close());

/** Passes on what the driver sends, so that its connections can be counted on any MongoDB. */
async function startProxy(uri: string): Promise<string> {
  const { hostname, port, pathname } = new URL(uri);
  proxy = createServer((socket) => {
    const target = connect(Number(port), hostname);
    for (const end of [socket, target]) end.on('error', () => undefined);
    socket.pipe(target).pipe(socket);
    socket.once('close', () => {
      ended += 1;
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const address = proxy.address();
  const ownPort = typeof address === 'object' ? address?.port : undefined;
  return `mongodb://127.0.0.1:${ownPort}${pathname}?directConnection=true`;
}

beforeEach(async () => {
  ended = 0;
  clock = createFakeClock();
  app = await buildTestApp(await startProxy(shop.uri), { clock, cached: true });
  await app.following;
});
afterEach(async () => {
  await shop.heal();
  await app.close();
  proxy.close();
});

it('clients that wait for a short time only end no connection to the database', async () => {
  await shop.fail('events', { failCommands: ['find'], blockConnection: true, blockTimeMS: 200 });
  for (let place = 1; place <= 10; place += 1) {
    const headers = { 'x-request-timeout-ms': '100' };
    const asked = app.get(`/api/v1/homepage?sections=events&location=${place},0`, headers);
    await expect.poll(shop.running).toBeGreaterThan(0);
    await clock.advance(100);
    expect((await asked).body.errors?.[0]).toMatchObject({ section: 'events', code: 'TIMEOUT_ERROR' });
    await expect.poll(shop.running).toBe(0);
  }
  expect(ended).toBe(0);
});
