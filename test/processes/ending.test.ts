import { afterAll, beforeAll, expect, it } from 'vitest';
import { sectionIds } from '../support/data/sections.js';
import {
  type Cluster,
  createProcessFixture,
  type Gateway,
  leasesIn,
  shownAfter,
} from '../support/servers/process-fixture.js';
import { startProcess } from '../support/servers/running-process.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);
let cluster: Cluster;
beforeAll(async () => {
  cluster = await fixture.cluster({ gateways: 4, env: { DRAIN_MS: '1000' } });
}, 120_000);

/** Ends a gateway as an orchestrator does; how it ended, and after how many milliseconds. */
async function terminate({ process }: Gateway): Promise<{ code: unknown; tookMs: number }> {
  const startedAt = performance.now();
  process.child.kill('SIGTERM');
  const code = await process.ended;
  return { code, tookMs: Math.round(performance.now() - startedAt) };
}

it('a gateway that is stopped in mid-load ends with 0 and leaves no lease behind', async () => {
  const { gateways, database, redis } = cluster;
  const [leader, other] = gateways as [Gateway, Gateway];
  await shownAfter(gateways, '', ({ fromCache }) => fromCache, 0);
  // A renewal behind the answers: nobody waits for it, so nothing of it is under way when the server has closed.
  await database.slow(['find'], 60_000);
  await leader.invalidate('soft');
  await until(async () => {
    // What was read less than a second ago is not renewed yet.
    expect((await leader.page()).fromCache).toBe(true);
    return (await leasesIn(redis)).length === sectionIds.length && (await database.hits()) === sectionIds.length;
  });
  const { code, tookMs } = await terminate(leader);
  expect(code).toBe(0);
  expect(tookMs).toBeLessThan(6000);
  await database.heal();
  expect(await leasesIn(redis)).toEqual([]);
  const since = performance.now();
  const isRenewed = ({ statuses }: { statuses: object }) =>
    Object.values(statuses).every((status) => status === 'CACHED');
  const [renewedMs = 0] = await shownAfter([other], '', isRenewed, since);
  console.log(`ended in mid-load after ${tookMs} ms, the other one renewed the page in ${renewedMs} ms`);
});

it('a gateway that is stopped serves on for DRAIN_MS while it says that it is not ready, and ends with 0', async () => {
  const { database, env } = cluster;
  const gateway = await fixture.gateway({ ...env, DRAIN_MS: '1500' });
  await until(async () => (await gateway.readyz()) === 200);
  await gateway.invalidate('hard');
  await database.slow(['find'], 1000, 'events');
  const underWay = gateway.page('?sections=events');
  await until(async () => (await database.hits()) === 1);
  const signalledAt = performance.now();
  gateway.process.child.kill('SIGTERM');
  await until(async () => (await gateway.readyz()) === 503);
  while (performance.now() - signalledAt < 1200) {
    const late = await gateway.page('?sections=offers');
    expect([late.status, late.headers.get('connection')]).toEqual([200, 'close']);
  }
  expect(await underWay).toMatchObject({ status: 200, errors: [] });
  expect(await gateway.process.ended).toBe(0);
  await database.heal();
});

it('Ctrl-C ends a gateway without waiting, as soon as what is under way is answered', async () => {
  const { database, env } = cluster;
  const gateway = await fixture.gateway({ ...env, DRAIN_MS: '60000' });
  await gateway.invalidate('hard');
  await database.slow(['find'], 1000, 'events');
  const underWay = gateway.page('?sections=events');
  await until(async () => (await database.hits()) === 1);
  gateway.process.child.kill('SIGINT');
  expect(await underWay).toMatchObject({ status: 200, errors: [] });
  expect(await gateway.process.ended).toBe(0);
  await database.heal();
});

it('a second signal ends the waiting, and cuts what is under way only after a second', async () => {
  const { database, env } = cluster;
  const gateway = await fixture.gateway({ ...env, DRAIN_MS: '60000' });
  await gateway.invalidate('hard');
  await database.slow(['find'], 400, 'events');
  const short = gateway.page('?sections=events');
  await database.slow(['find'], 60_000, 'offers');
  const long = gateway.page('?sections=offers').catch(() => 'cut');
  await until(async () => (await database.hits()) >= 1);
  gateway.process.child.kill('SIGTERM');
  await until(async () => (await gateway.readyz()) === 503);
  const { code } = await terminate(gateway);
  expect([(await short).status, await long, code]).toEqual([200, 'cut', 1]);
  await database.heal();
});

it.each(['SIGTERM', 'SIGINT'])('a %s in the first moments of a start ends it with 0', async (signal) => {
  // As soon as anything heeds it, long before the gateway serves.
  const preload = `data:text/javascript,const look=setInterval(()=>{if(process.listenerCount('${signal}')>0){clearInterval(look);process.kill(process.pid,'${signal}')}},1)`;
  const starting = startProcess('node', ['dist/main.js'], { PORT: '0', NODE_OPTIONS: `--import "${preload}"` });
  expect(await starting.ended).toBe(0);
  expect(starting.output()).toBe('');
});

it.each([
  [
    'a port that is taken',
    // The first gateway has ended, with its port.
    () => ({ PORT: String(new URL(cluster.gateways[1]?.origin ?? '').port) }),
    /PORT: .* is taken/,
  ],
  ['a host that is none', () => ({ HOST: 'no.such.host.invalid', PORT: '0' }), /HOST: .*"no\.such\.host\.invalid"/],
  ['a host of another machine', () => ({ HOST: '192.0.2.1', PORT: '0' }), /HOST: .*"192\.0\.2\.1"/],
])('a gateway that cannot listen, for %s, says in a sentence which variable to change', async (_, env, sentence) => {
  const failing = startProcess('node', ['dist/main.js'], { ...cluster.env, ...env() });
  expect(await failing.ended).toBe(1);
  expect(failing.output()).toMatch(sentence);
  expect(failing.output()).not.toContain('    at ');
});

it.each(['uncaughtException', 'unhandledRejection'])(
  'an %s is logged, what is under way answered, and the process ends with 1',
  async (fault) => {
    const { database, env } = cluster;
    const raise =
      fault === 'uncaughtException'
        ? "throw new Error('nobody caught this')"
        : "Promise.reject(new Error('nobody caught this'))";
    const preload = `data:text/javascript,process.on('SIGWINCH',()=>{${raise}})`;
    const gateway = await fixture.gateway({ ...env, NODE_OPTIONS: `--import "${preload}"` });
    await gateway.invalidate('hard');
    await database.slow(['find'], 1000, 'events');
    const underWay = gateway.page('?sections=events');
    await until(async () => (await database.hits()) === 1);
    gateway.process.child.kill('SIGWINCH');
    expect(await underWay).toMatchObject({ status: 200, errors: [] });
    expect(await gateway.process.ended).toBe(1);
    const [line] = gateway.logged('closing after an error that nobody caught');
    expect(line).toMatchObject({ level: 'ERROR', error: { message: 'nobody caught this' } });
    await database.heal();
  },
);

it('a gateway ends with 0 within a few seconds when Redis hangs, when it is gone, and when the database is gone', async () => {
  const { gateways, database, redis } = cluster;
  const [, first, second, third] = gateways as [Gateway, Gateway, Gateway, Gateway];
  await shownAfter([first, second, third], '', ({ fromCache }) => fromCache, 0);
  await redis.signal('SIGSTOP');
  const hung = await terminate(first);
  await redis.signal('SIGKILL');
  const gone = await terminate(second);
  database.process.child.kill('SIGKILL');
  await database.process.ended;
  await until(async () => (await third.readyz()) === 503);
  const both = await terminate(third);
  console.log(`ended: Redis hung ${hung.tookMs} ms, gone ${gone.tookMs} ms, the database gone, too ${both.tookMs} ms`);
  expect([hung.code, gone.code, both.code]).toEqual([0, 0, 0]);
  expect(Math.max(hung.tookMs, gone.tookMs, both.tookMs)).toBeLessThan(6000);
});
