import { afterAll, beforeAll, expect, it } from 'vitest';
import { askOnce } from '../support/servers/own-connection.js';
import {
  ADMIN_TOKEN,
  createProcessFixture,
  type Database,
  type Gateway,
  JWT_SECRET,
} from '../support/servers/process-fixture.js';
import { freePort } from '../support/servers/redis-server.js';
import { startProcess } from '../support/servers/running-process.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);
let database: Database;
let env: Record<string, string>;
beforeAll(async () => {
  const [started, redis] = await Promise.all([fixture.database(), fixture.redis()]);
  database = started;
  env = { MONGODB_URI: database.uri, REDIS_URL: redis.url, JWT_SECRET, ADMIN_TOKEN, WORKERS: '2' };
}, 120_000);

async function start(more: Record<string, string> = {}): Promise<{ gateway: Gateway; workers: number[] }> {
  const gateway = await fixture.gateway({ ...env, ...more });
  await until(() => gateway.logged('worker serves').length === 2, 30_000);
  return { gateway, workers: gateway.logged('worker serves').map(({ pid }) => Number(pid)) };
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** A request that the database keeps under way for a second. */
async function slowRequest(gateway: Gateway): Promise<{ answer: Promise<{ status: number }> }> {
  await gateway.invalidate('hard');
  await database.slow(['find'], 1000, 'events');
  const answer = askOnce(gateway, '/api/v1/homepage?sections=events&fresh=true');
  answer.catch(() => undefined);
  await until(async () => (await database.hits()) >= 1);
  return { answer };
}

it('a SIGTERM that a service manager sends to every process of the gateway counts once', async () => {
  const { gateway, workers } = await start({ DRAIN_MS: '1500' });
  const sentAt = performance.now();
  for (const pid of [Number(gateway.process.child.pid), ...workers]) process.kill(pid, 'SIGTERM');
  expect(await gateway.process.ended).toBe(0);
  expect(gateway.logged('closing at once')).toEqual([]);
  expect(performance.now() - sentAt).toBeGreaterThan(1500);
});

it('workers whose primary process was killed answer what is under way and end', async () => {
  const { gateway, workers } = await start();
  const { answer } = await slowRequest(gateway);
  gateway.process.child.kill('SIGKILL');
  expect(await answer.catch(String)).toMatchObject({ status: 200 });
  await until(() => !workers.some(isAlive), 5000);
  await database.heal();
});

it('counters do not fall when a worker is replaced', async () => {
  const { gateway, workers } = await start();
  const count = async () =>
    Number(
      /duration_seconds_count\{route="\/api\/v1\/homepage",[^}]*\} (\d+)/.exec(
        (await askOnce(gateway, '/metrics')).text,
      )?.[1],
    );
  for (let i = 0; i < 10; i++) await askOnce(gateway, '/api/v1/homepage');
  await until(async () => (await count()) === 10);
  process.kill(workers[0] ?? 0, 'SIGKILL');
  await until(() => gateway.logged('worker serves').length === 3, 30_000);
  expect(await count()).toBe(10);
  expect((await askOnce(gateway, '/metrics')).text).toMatch(/^process_start_time_seconds \d+/m);
});

it('a worker that hangs does not keep the metrics of the others back, and does not outlive a second signal', async () => {
  const port = await freePort();
  const { gateway, workers } = await start({ METRICS_PORT: String(port) });
  process.kill(workers[0] ?? 0, 'SIGSTOP');
  const askedAt = performance.now();
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { signal: AbortSignal.timeout(8000) });
  expect(response.status).toBe(200);
  expect(performance.now() - askedAt).toBeLessThan(3000);
  gateway.process.child.kill('SIGTERM');
  await until(() => gateway.logged('closing').length === 1);
  gateway.process.child.kill('SIGTERM');
  expect(await gateway.process.ended).toBe(1);
  expect(gateway.logged('worker does not end, and is killed').map(({ pid }) => pid)).toEqual([workers[0]]);
});

it.each([0, 20, 300, 900])('a SIGTERM %d ms after the first worker was forked ends with 0', async (delayMs) => {
  const preload = `data:text/javascript,import cluster from 'node:cluster';cluster.once('fork',()=>setTimeout(()=>process.kill(process.pid,'SIGTERM'),${delayMs}))`;
  const starting = startProcess('node', ['dist/main.js'], { ...env, PORT: '0', NODE_OPTIONS: `--import "${preload}"` });
  expect(await starting.ended).toBe(0);
});
