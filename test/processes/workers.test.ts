import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askOnce } from '../support/servers/own-connection.js';
import { ADMIN_TOKEN, createProcessFixture, type Gateway, JWT_SECRET } from '../support/servers/process-fixture.js';
import { startProcess } from '../support/servers/running-process.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);
let env: Record<string, string>;
beforeAll(async () => {
  const [database, redis] = await Promise.all([fixture.database(), fixture.redis()]);
  env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, JWT_SECRET, ADMIN_TOKEN, WORKERS: '2' };
}, 120_000);

/** A gateway of two workers, which both serve. */
async function start(more: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await fixture.gateway({ ...env, ...more });
  await until(() => gateway.logged('worker serves').length === 2, 30_000);
  await until(() => gateway.logged('following changes').length === 2, 30_000);
  return gateway;
}

/** Its workers' process ids that serve now. */
const pids = (gateway: Gateway) => {
  const ended = gateway.logged('worker ended, and is replaced').map(({ pid }) => pid);
  const serving = gateway.logged('worker serves').map(({ pid }) => Number(pid));
  return serving.filter((pid) => !ended.includes(pid));
};

const askAll = (gateway: Gateway, count: number, path?: string) =>
  Promise.all(Array.from({ length: count }, () => askOnce(gateway, path)));

describe('two workers on one port', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await start();
  }, 120_000);

  it('say once where they serve, and both answer', async () => {
    expect(gateway.process.output().match(/^Homepage Gateway: .*, by 2 workers$/gm)).toHaveLength(1);
    for (const { status } of await askAll(gateway, 8)) expect(status).toBe(200);
    await until(() => new Set(gateway.logged('Homepage request completed').map(({ worker }) => worker)).size === 2);
  });

  it('each tell the metrics of both', async () => {
    const countIn = (text: string) =>
      Number(
        /request_duration_seconds_count\{route="\/api\/v1\/homepage",method="GET",status="200"\} (\d+)/.exec(text)?.[1],
      );
    const before = countIn((await askOnce(gateway, '/metrics')).text);
    await askAll(gateway, 10);
    await until(async () => (await askAll(gateway, 4, '/metrics')).every(({ text }) => countIn(text) === before + 10));
    expect((await askOnce(gateway, '/metrics')).text).toMatch(/^homepage_redis_up 1$/m);
  });

  it('hear of an invalidation that one of them was told', async () => {
    await askAll(gateway, 4);
    const before = new Date().toISOString();
    await gateway.invalidate('hard');
    for (const { text } of await askAll(gateway, 8)) {
      const { data } = JSON.parse(text) as { data: { sections: Record<string, { lastUpdated: string } | null> } };
      for (const section of Object.values(data.sections)) expect(String(section?.lastUpdated) >= before).toBe(true);
    }
  });

  it('one that is killed is replaced, and the other serves meanwhile', async () => {
    const [killed = 0] = pids(gateway);
    process.kill(killed, 'SIGKILL');
    await until(() => gateway.logged('worker ended, and is replaced').length === 1);
    for (const { status } of await askAll(gateway, 6)) expect(status).toBe(200);
    await until(() => gateway.logged('worker serves').length === 3, 30_000);
    for (const { status } of await askAll(gateway, 6)) expect(status).toBe(200);
  });

  it('another gateway on their port is told so in one sentence', async () => {
    const taken = startProcess('node', ['dist/main.js'], { ...env, PORT: new URL(gateway.origin).port });
    expect(await taken.ended).toBe(1);
    expect(taken.output().match(/PORT: expected a free port/g)).toHaveLength(1);
  });

  it('end with 0 on SIGTERM, with an answer to every request', async () => {
    let going = true;
    const statuses: number[] = [];
    const client = async () => {
      while (going) statuses.push((await askOnce(gateway).catch(() => ({ status: -1 }))).status);
    };
    const clients = Array.from({ length: 4 }, client);
    await until(() => statuses.length > 20);
    gateway.process.child.kill('SIGTERM');
    // A load balancer sends nothing more when a gateway is not ready.
    await until(async () => (await askOnce(gateway, '/readyz')).status === 503);
    going = false;
    await Promise.all(clients);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(await gateway.process.ended).toBe(0);
  });
});

it('share a rate limit', async () => {
  const gateway = await start({ RATE_LIMIT_MAX: '20' });
  const statuses: number[] = [];
  // Slower than they tell each other.
  for (let i = 0; i < 40; i++) {
    statuses.push((await askOnce(gateway)).status);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const allowed = statuses.filter((status) => status === 200).length;
  expect(allowed).toBeGreaterThanOrEqual(20);
  expect(allowed).toBeLessThan(30);
  expect(statuses.slice(-4)).toEqual([429, 429, 429, 429]);
});

it('count Ctrl-C once, which a terminal sends to all of them', async () => {
  const gateway = await start();
  for (const pid of [Number(gateway.process.child.pid), ...pids(gateway)]) process.kill(pid, 'SIGINT');
  expect(await gateway.process.ended).toBe(0);
  expect(gateway.logged('closing').map(({ signal }) => signal)).toEqual(['SIGINT', 'SIGINT']);
  expect(gateway.logged('closing at once')).toEqual([]);
});
