import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeIdOf } from '../../../src/cache/entry-format.js';
import { type RedisServer, standaloneTarget, startRedisServer } from '../../support/servers/redis-server.js';
import { startTcpProxy, type TcpProxy } from '../../support/servers/tcp-proxy.js';
import { until } from '../../support/until.js';
import { createEngines, type Engine } from '../support/engines.js';
import { ask } from '../support/rig.js';

const engines = createEngines();
afterEach(engines.close);

const value = (n: number) => ({ value: { n } });
const get = async ({ cache }: Engine, n: number, policy = {}) =>
  await cache.get(
    'k',
    ask(async () => value(n), { policy }),
  );
const entryKey = `hg:2:{${storeIdOf('k')}}:e`;

describe('a Redis that refuses writes', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.client().flushall();
  });

  it.each([
    ['because it is full', 'maxmemory', '1', '0'],
    ['because replicas are missing', 'min-replicas-to-write', '1', '0'],
  ])(
    '%s, tells the others of an invalidation all the same, and says that it does not have it',
    async (_, name, on, off) => {
      const client = server.client();
      const [one, two] = [await engines.start(server), await engines.start(server)];
      for (const engine of [one, two]) await get(engine, 1);
      await client.config('SET', name, on);
      expect(await one.cache.invalidate(['collection:things'], 'hard')).toEqual({ shared: false });
      await until(() => two.events.count('invalidation') > 0);
      expect((await get(two, 2)).value).toEqual({ n: 2 });
      await client.config('SET', name, off);
      await until(async () => (await client.zscore('hg:2:log', 'hcollection:things')) !== null);
      expect((await get(two, 3)).value, 'told once').toEqual({ n: 2 });
      expect(one.events.count('failure')).toBe(0);
    },
  );

  it('because its disk is full: the same', async () => {
    const client = server.client();
    const [one, two] = [await engines.start(server), await engines.start(server)];
    for (const engine of [one, two]) await get(engine, 1);
    // A directory in the place of the dump: no dump can be written.
    const [, directory = ''] = (await client.config('GET', 'dir')) as string[];
    await mkdir(join(directory, 'dump.rdb', 'inside'), { recursive: true });
    await client.config('SET', 'save', '3600 1');
    await client.bgsave();
    await until(async () => (await client.info('persistence')).includes('rdb_last_bgsave_status:err'));
    expect(await one.cache.invalidate(['collection:things'], 'hard')).toEqual({ shared: false });
    await until(() => two.events.count('invalidation') > 0);
    expect((await get(two, 2)).value).toEqual({ n: 2 });
    await client.config('SET', 'stop-writes-on-bgsave-error', 'no');
    await until(async () => (await client.zscore('hg:2:log', 'hcollection:things')) !== null);
  });
});

describe('a Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.client().flushall();
  });

  it.each([entryKey, `hg:2:{${storeIdOf('k')}}:l`, 'hg:2:log'])(
    'with another type at %s serves as if nothing was there',
    async (key) => {
      const client = server.client();
      await client.lpush(key, 'not ours');
      const [one, two] = [await engines.start(server), await engines.start(server)];
      expect(await get(one, 1)).toMatchObject({ status: 'FRESH' });
      await until(async () => (await client.type(entryKey)) === 'string');
      expect(await get(two, 2)).toMatchObject({ status: 'CACHED', value: { n: 1 } });
      expect(one.events.count('corrupt')).toBe(key === entryKey ? 1 : 0);
      expect(one.events.count('tierDown') + two.events.count('tierDown')).toBe(0);
    },
  );

  it('that was restarted on a dump of before a hard invalidation makes nothing valid that it holds', async () => {
    const client = server.client();
    const [one, two] = [await engines.start(server), await engines.start(server)];
    await get(one, 1);
    await until(async () => (await client.exists(entryKey)) === 1);
    await client.save();
    await one.cache.invalidate(['collection:things'], 'hard');
    await until(() => two.events.count('invalidation') > 0);
    await server.signal('SIGKILL');
    await server.restart();
    expect(await client.exists(entryKey), 'the dump holds it').toBe(1);
    const three = await engines.start(server);
    for (const engine of [three, two, one]) expect((await get(engine, 2)).value).toEqual({ n: 2 });
  });

  it('whose clock was deleted keeps no copy from serving in grace, and verifies none', async () => {
    const one = await engines.start(server);
    const policy = { freshMs: 60_000, memoryMs: 1 };
    await get(one, 1, policy);
    await server.client().del('hg:2:log');
    const failing = await one.cache.get(
      'k',
      ask(() => Promise.reject(new Error('down')), { policy }),
    );
    expect(failing).toMatchObject({ status: 'STALE', value: { n: 1 } });
  });

  it('without a right to channels: invalidations are marked once, and every request looks', async () => {
    const client = server.client();
    await client.call('ACL', 'SETUSER', 'quiet', 'on', '>secret', '~*', '+@all', 'resetchannels');
    const target = { ...server.target, username: 'quiet', password: 'secret' };
    const start = () => engines.start({ target, linked: false });
    const [one, two] = [await start(), await start()];
    await until(async () => (await get(one, 1)).status === 'CACHED' && (await client.exists(entryKey)) === 1);
    expect((await get(two, 9)).value).toEqual({ n: 1 });
    const loads = () => one.events.count('load') + two.events.count('load');
    const before = loads();
    expect(await one.cache.invalidate(['collection:things'], 'hard')).toEqual({ shared: true });
    const marked = await client.zscore('hg:2:log', 'hcollection:things');
    expect((await get(two, 2)).value).toEqual({ n: 2 });
    await until(async () => (await get(one, 3)).value.n === 2);
    for (let asked = 0; asked < 20; asked += 1) expect((await get(one, 4)).value).toEqual({ n: 2 });
    expect(await client.zscore('hg:2:log', 'hcollection:things')).toBe(marked);
    expect(loads() - before).toBe(1);
  });

  it('drops the oldest marks beyond its bound, and an entry of before is not trusted', async () => {
    const client = server.client();
    const [one, two] = [
      await engines.start({ ...server, maxMarks: 10 }),
      await engines.start({ ...server, maxMarks: 10 }),
    ];
    await get(one, 1);
    await until(async () => (await client.exists(entryKey)) === 1);
    for (let index = 0; index < 30; index += 1) await one.cache.invalidate([`thing:${index}`], 'hard');
    expect(await client.zcard('hg:2:log')).toBeLessThanOrEqual(12);
    expect((await get(two, 2)).value).toEqual({ n: 2 });
  });

  it('keeps two shops apart, by prefix and by database', async () => {
    const { target } = server;
    const shops = [
      { prefix: 'a:2', target },
      { prefix: 'b:2', target },
      { prefix: 'a:2', target: { ...target, db: 1 } },
    ];
    const started = await Promise.all(shops.map(engines.start));
    for (const [index, engine] of started.entries()) expect((await get(engine, index)).value).toEqual({ n: index });
    const [first, ...others] = started;
    await first?.cache.invalidate(['collection:things'], 'hard');
    for (const [index, engine] of others.entries()) {
      expect(await get(engine, 9)).toMatchObject({ status: 'CACHED', value: { n: index + 1 } });
      expect(engine.events.count('invalidation')).toBe(0);
    }
  });
});

describe('a primary that was made a replica, behind an address that leads to the new one', () => {
  let old: RedisServer;
  let next: RedisServer;
  let address: TcpProxy;
  beforeAll(async () => {
    // A primary would wait five seconds for more replicas before it copies itself.
    const atOnce = ['--repl-diskless-sync-delay', '0'];
    [old, next] = await Promise.all([startRedisServer(atOnce), startRedisServer(atOnce)]);
    address = await startTcpProxy(old);
  });
  afterAll(async () => {
    await address.close();
    await Promise.all([old.stop(), next.stop()]);
  });

  it('is left by commands and by the message line, and an invalidation reaches the others', async () => {
    const front = { target: standaloneTarget(address.port) };
    const [one, two] = [await engines.start(front), await engines.start(front)];
    for (const engine of [one, two]) await get(engine, 1);
    await next.client().replicaof('127.0.0.1', old.port);
    await until(async () => (await next.client().info('replication')).includes('master_link_status:up'));
    address.leadTo(next.port);
    await next.client().replicaof('NO', 'ONE');
    await old.client().replicaof('127.0.0.1', next.port);
    await one.cache.invalidate(['collection:things'], 'hard');
    await until(async () => (await next.client().zscore('hg:2:log', 'hcollection:things')) !== null);
    await until(async () => (await get(two, 2)).value.n === 2, 3000);
    const before = two.events.count('invalidation');
    await until(async () => {
      await one.cache.invalidate(['another'], 'soft');
      return two.events.count('invalidation') > before;
    });
  });
});
