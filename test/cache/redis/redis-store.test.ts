import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storeIdOf } from '../../../src/cache/entry-format.js';
import { type RedisServer, standaloneTarget, startRedisServer } from '../../support/servers/redis-server.js';
import { until } from '../../support/until.js';
import { createEngines } from '../support/engines.js';
import { ask, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('two engines on a real Redis', () => {
  let server: RedisServer;
  const engines = createEngines();
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    await server.client().flushall();
  });
  afterEach(engines.close);
  const startEngine = (waitMs = 2000) => engines.start({ ...server, waitMs });
  const pair = async () => [await startEngine(), await startEngine()] as const;
  it('load once between them', async () => {
    const [one, two] = await pair();
    const source = createSource<{ n: number }>();
    const answers = [one, two].flatMap(({ cache }) =>
      Array.from({ length: 20 }, () => cache.get('k', ask(source.load))),
    );
    await until(() => source.running === 1 && one.events.count('leaseLost') + two.events.count('leaseLost') > 0);
    await source.succeed(value(1));
    expect((await Promise.all(answers)).every((answer) => answer.value.n === 1)).toBe(true);
    expect(source.calls).toBe(1);
  });

  it('the other one takes over when the winner dies in the middle of its load', async () => {
    const [one, two] = await pair();
    const lost = createSource<{ n: number }>();
    const dying = one.cache.get('k', ask(lost.load)).catch((error: unknown) => error);
    await until(() => lost.running === 1);
    const startedAt = performance.now();
    const waiting = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    // The connection goes without a word, as with SIGKILL: nothing is released.
    await one.die();
    expect((await waiting).value).toEqual({ n: 2 });
    expect(performance.now() - startedAt).toBeLessThan(3000);
    await lost.fail(new Error('dead'));
    await dying;
  });

  it('an invalidation is seen by the other one within 500 ms', async () => {
    const [one, two] = await pair();
    const load = async () => ({ ...value(1), tags: ['thing:1'] });
    await one.cache.get('k', ask(load));
    await until(async () => (await two.cache.get('k', ask(load))).status === 'CACHED');
    await one.cache.invalidate(['thing:1'], 'soft');
    await until(() => two.events.count('invalidation') === 1, 500);
    expect((await two.cache.get('k', ask(load))).status).toBe('STALE');
  });

  it('a late loser is fenced', async () => {
    const [one, two] = await pair();
    const client = server.client();
    const source = createSource<{ n: number }>();
    const late = one.cache.get('k', ask(source.load));
    await until(() => source.running === 1);
    // As if its lease had run out while it was paused.
    await client.del(`hg:2:{${storeIdOf('k')}}:l`);
    expect(
      (
        await two.cache.get(
          'k',
          ask(async () => value(2)),
        )
      ).value,
    ).toEqual({ n: 2 });
    await until(async () => (await client.exists(`hg:2:{${storeIdOf('k')}}:e`)) === 1);
    await source.succeed(value(1));
    await late;
    await until(() => one.events.count('leaseLost') === 1);
    expect(await client.get(`hg:2:{${storeIdOf('k')}}:e`)).toContain('{"n":2}');
  });

  it('a value of a megabyte goes through', async () => {
    const [one, two] = await pair();
    const big = 'x€'.repeat(262_144);
    await one.cache.get(
      'k',
      ask(async () => ({ value: big })),
    );
    await until(async () => (await server.client().exists(`hg:2:{${storeIdOf('k')}}:e`)) === 1);
    const answer = await two.cache.get(
      'k',
      ask(async () => ({ value: 'loaded again' })),
    );
    expect(answer.value).toBe(big);
    expect([...one.events.all, ...two.events.all].filter(({ name }) => name === 'tierDown')).toEqual([]);
  });

  it('every key in Redis goes away by itself', async () => {
    const [one] = await pair();
    const source = createSource<{ n: number }>();
    void one.cache.get('open', ask(source.load));
    await one.cache.get(
      'k',
      ask(async () => ({ ...value(1), tags: ['thing:1'] })),
    );
    await one.cache.invalidate(['never met'], 'hard');
    const client = server.client();
    await until(async () => (await client.dbsize()) >= 3);
    for (const key of await client.keys('*')) expect(await client.pttl(key), key).toBeGreaterThan(0);
    await source.succeed(value(1));
  });

  it('FLUSHALL makes no old entry valid again, in Redis or in memory', async () => {
    const [one, two] = await pair();
    await one.cache.get(
      'k',
      ask(async () => value(1), { policy: { memoryMs: 1 } }),
    );
    await one.cache.invalidate(['collection:things'], 'hard');
    await server.client().flushall();
    await until(() => two.events.count('invalidation') === 1);
    for (const { cache } of [one, two]) {
      const answer = await cache.get(
        'k',
        ask(async () => value(2), { policy: { memoryMs: 1 } }),
      );
      expect(answer.value).toEqual({ n: 2 });
    }
  });

  it('corrupt bytes are a miss, and told', async () => {
    const [one] = await pair();
    await server.client().set(`hg:2:{${storeIdOf('k')}}:e`, Buffer.from([0, 159, 146, 150]), 'PX', 60_000);
    expect(
      await one.cache.get(
        'k',
        ask(async () => value(1)),
      ),
    ).toMatchObject({ status: 'FRESH' });
    expect(one.events.count('corrupt')).toBe(1);
  });

  it.each([
    ['SIGSTOP', 'SIGCONT'],
    ['SIGKILL', 'restart'],
  ] as const)('nothing hangs when Redis gets %s, and it is used again after %s', async (stop, resume) => {
    const { cache, events } = await startEngine(50);
    await cache.get(
      'warm',
      ask(async () => value(1)),
    );
    await server.signal(stop);
    const startedAt = performance.now();
    for (let i = 0; i < 40; i++)
      await cache.get(
        `cold ${i}`,
        ask(async () => value(1)),
      );
    // One of them waits 50 ms (to the millisecond: shared-waits.test.ts); if each did, it would be 2000.
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(events.count('tierDown')).toBe(1);
    expect(events.count('failure')).toBe(0);
    await cache.invalidate(['collection:things'], 'hard');
    if (resume === 'restart') await server.restart();
    else await server.signal(resume);
    await until(async () => {
      await cache.get(
        `after ${performance.now()}`,
        ask(async () => value(1)),
      );
      return events.count('tierUp') > 0;
    });
    // What was invalidated meanwhile is told now.
    await until(async () => (await server.client().zscore('hg:2:log', 'hcollection:things')) !== null);
    const other = await startEngine();
    expect(
      (
        await cache.get(
          'shared again',
          ask(async () => value(5)),
        )
      ).status,
    ).toBe('FRESH');
    await until(async () => (await server.client().exists(`hg:2:{${storeIdOf('shared again')}}:e`)) === 1);
    expect(
      await other.cache.get(
        'shared again',
        ask(async () => value(6)),
      ),
    ).toMatchObject({ status: 'CACHED', value: { n: 5 } });
  });

  it('serves from memory when there has never been a Redis', async () => {
    const { cache } = await engines.start({ target: standaloneTarget(1), linked: false });
    expect(
      (
        await cache.get(
          'k',
          ask(async () => value(1)),
        )
      ).status,
    ).toBe('FRESH');
    expect(
      (
        await cache.get(
          'k',
          ask(async () => value(2)),
        )
      ).status,
    ).toBe('CACHED');
  });
});
