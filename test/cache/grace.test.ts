import { describe, expect, it } from 'vitest';
import { pair } from './support/processes.js';
import { ask as askFor, createSource } from './support/rig.js';
import type { SimulatedRedis } from './support/simulated-redis.js';

const ask: typeof askFor = (load, options) => askFor(load, { policy, ...options });
const value = (n: number) => ({ value: { n } });
const down = () => Promise.reject(new Error('down'));
/** Short lives, so that little time has to pass until a copy is in its grace. */
const policy = { freshMs: 4000, staleMs: 8000, memoryMs: 2000 };
const OLD_MS = 9000;

type Trouble = (redis: SimulatedRedis) => void;
/** What becomes of Redis, and how it is again afterwards. */
const troubles: [name: string, begin: Trouble, end: Trouble][] = [
  ['is away and comes back', (redis) => redis.setState('refusing'), (redis) => redis.setState('up')],
  ['hangs and wakes', (redis) => redis.setState('hanging'), (redis) => redis.setState('up')],
  ['has its links cut', (redis) => redis.cut(), () => {}],
  ['is flushed', (redis) => redis.wipe(), () => {}],
  ['is restarted empty', (redis) => redis.restart('nothing'), () => {}],
  ['is restarted on an old dump', (redis) => redis.restart('dump'), () => {}],
  ['has its log deleted or evicted', (redis) => redis.evictLog(), () => {}],
  ['is full', (redis) => redis.setState('full'), (redis) => redis.setState('up')],
  ['is made a replica', (redis) => redis.setState('readonly'), (redis) => redis.setState('up')],
  ['gives no right to its channels', (redis) => redis.setMute(true), (redis) => redis.setMute(false)],
  ['says nothing any more', (redis) => redis.setSilent(true), (redis) => redis.setSilent(false)],
];

describe.each(troubles)('a copy serves in grace when the database goes although Redis %s', (_, begin, end) => {
  it.each(['before', 'during', 'after'] as const)('%s its load', async (when) => {
    const { one, clock, redis } = await pair();
    const source = createSource<{ n: number }>();
    if (when === 'before') begin(redis);
    const loading = one.cache.get('k', ask(source.load));
    await clock.advance(100);
    if (when === 'during') begin(redis);
    await source.succeed(value(1));
    await clock.advance(100);
    expect((await loading).status).toBe('FRESH');
    if (when === 'after') begin(redis);
    await clock.advance(3000);
    end(redis);
    await clock.advance(OLD_MS);
    for (let asked = 0; asked < 3; asked += 1) {
      const answer = one.cache.get('k', ask(down));
      await clock.advance(200);
      expect(await answer).toMatchObject({ status: 'STALE', value: { n: 1 } });
    }
  });

  it('and is not CACHED where another process has invalidated it meanwhile', async () => {
    const { one, two, clock, redis } = await pair();
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(100);
    await first;
    begin(redis);
    await clock.advance(3000);
    void two.cache.invalidate(['collection:things'], 'soft');
    end(redis);
    await clock.advance(3000);
    const answer = one.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(200);
    expect([(await answer).status, (await answer).value.n === 2]).not.toEqual(['CACHED', false]);
  });
});

describe('a copy that can no longer be verified', () => {
  const unverified = async () => {
    const context = await pair();
    const first = context.one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await context.clock.advance(100);
    await first;
    context.redis.wipe();
    await context.clock.advance(3000);
    return context;
  };

  it('is neither CACHED nor renewed in the background: it is loaded while the caller waits', async () => {
    const { one, clock } = await unverified();
    const source = createSource<{ n: number }>();
    const answer = one.cache.get('k', ask(source.load));
    await clock.advance(20);
    await source.succeed(value(2));
    expect(await answer).toMatchObject({ status: 'FRESH', value: { n: 2 } });
  });

  it('is not served once a hard invalidation was heard of, whatever Redis has forgotten', async () => {
    const { one, two, clock, redis } = await unverified();
    void two.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(20);
    redis.restart('dump');
    await clock.advance(1000);
    const answer = one.cache.get('k', ask(down)).catch((error: unknown) => error);
    await clock.advance(200);
    expect(await answer).toMatchObject({ message: 'down' });
  });
});

describe('a Redis that was restarted on a dump from before a hard invalidation', () => {
  it('makes nothing valid that the dump holds, neither where it was heard nor elsewhere', async () => {
    const { one, two, make, clock, redis } = await pair();
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(100);
    await first;
    redis.save();
    void two.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(20_000);
    redis.restart('dump');
    await clock.advance(1000);
    for (const { cache } of [one, two, make(7)]) {
      const answer = cache.get('k', ask(down)).catch((error: unknown) => error);
      await clock.advance(1500);
      expect(await answer).toMatchObject({ message: 'down' });
    }
  });
});

describe('invalidations in great numbers', () => {
  it('without Redis: 51,000 hard ones on other tags leave a copy as it was', async () => {
    const { make, redis, clock } = await pair();
    redis.setState('refusing');
    const { cache } = make(9);
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    const others = Array.from({ length: 49_000 }, (_, index) => `thing:${index}`);
    await cache.invalidate(others, 'hard');
    await clock.advance(OLD_MS);
    expect(await cache.get('k', ask(down))).toMatchObject({ status: 'STALE', value: { n: 1 } });
  });
});
