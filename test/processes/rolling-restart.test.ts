import { afterAll, expect, it } from 'vitest';
import { startNginx } from '../support/servers/cdn-servers.js';
import { createProcessFixture, type Gateway } from '../support/servers/process-fixture.js';
import { freePort } from '../support/servers/redis-server.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

it('loses no request while three gateways behind nginx are replaced, one after the other', async () => {
  const [redis, database] = await Promise.all([fixture.redis(), fixture.database()]);
  const shared = { MONGODB_URI: database.uri, REDIS_URL: redis.url, DRAIN_MS: '1000', TRUST_PROXY: '1' };
  const ports = [await freePort(), await freePort(), await freePort()];
  const start = async (port: number): Promise<Gateway> => {
    const gateway = await fixture.gateway({ ...shared, PORT: String(port) });
    await until(async () => (await gateway.readyz()) === 200, 15_000);
    return gateway;
  };
  const gateways = await Promise.all(ports.map(start));
  const nginx = await startNginx(gateways.map(({ origin }) => origin));

  let isRunning = true;
  let sent = 0;
  const failed: string[] = [];
  // Each asks for pages of its own, which nginx has to fetch.
  const client = async (name: number): Promise<void> => {
    while (isRunning) {
      sent += 1;
      const path = sent % 2 === 0 ? `/api/v1/homepage?limit=2&client=${name}-${sent}` : '/api/v1/homepage?limit=2';
      try {
        const response = await fetch(`${nginx.origin}${path}`);
        await response.arrayBuffer();
        if (response.status !== 200) failed.push(`${response.status} ${path}`);
      } catch (error) {
        failed.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const clients = Array.from({ length: 10 }, (_, name) => client(name));
  for (const [index, port] of ports.entries()) {
    const old = gateways[index] as Gateway;
    old.process.child.kill('SIGTERM');
    expect(await old.process.ended).toBe(0);
    await start(port);
  }
  isRunning = false;
  await Promise.all(clients);
  await nginx.stop();
  expect(sent).toBeGreaterThan(200);
  expect(failed).toEqual([]);
});
