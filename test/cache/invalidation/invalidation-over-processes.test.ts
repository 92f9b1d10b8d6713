import { describe, expect, it } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { createProcesses, pair } from '../support/processes.js';
import { ask, createRig, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('invalidation over processes', () => {
  it('reaches the other process, also for a tag that was found in the value', async () => {
    const { one, two, clock } = await pair();
    const load = async () => ({ ...value(1), tags: ['thing:1'] });
    await Promise.all([one.cache.get('k', ask(load)), clock.advance(20)]);
    await Promise.all([two.cache.get('k', ask(load)), clock.advance(20)]);
    void one.cache.invalidate(['thing:1'], 'hard');
    await clock.advance(10);
    const source = createSource<{ n: number }>();
    void two.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.calls).toBe(1);
  });

  it('a load that began before it never becomes a fresh entry in any process', async () => {
    const { one, two, make, clock } = await pair();
    for (const tag of ['collection:things', 'thing:late']) {
      const key = `key of ${tag}`;
      const slow = createSource<{ n: number }>();
      const loading = one.cache.get(key, ask(slow.load));
      await clock.advance(20);
      void two.cache.invalidate([tag], 'soft');
      await clock.advance(20);
      await slow.succeed({ ...value(1), tags: ['thing:late'] });
      await clock.advance(20);
      expect((await loading).status).toBe('FRESH');
      for (const { cache } of [one, two, make(7)]) {
        const after = cache.get(
          key,
          ask(async () => ({ ...value(2), tags: ['thing:late'] })),
        );
        await clock.advance(300);
        const { status, value: got } = await after;
        expect([status === 'STALE', got.n === 2], `${tag}: ${status} ${got.n}`).toContain(true);
      }
    }
  });

  it('made while the store is down holds here at once, and there when it is back', async () => {
    const { one, two, clock, redis } = await pair();
    await Promise.all([
      one.cache.get(
        'k',
        ask(async () => value(1)),
      ),
      clock.advance(20),
    ]);
    await Promise.all([
      two.cache.get(
        'k',
        ask(async () => value(1)),
      ),
      clock.advance(20),
    ]);
    redis.setState('refusing');
    await one.cache.invalidate(['collection:things'], 'hard');
    const source = createSource<{ n: number }>();
    void one.cache.get('k', ask(source.load));
    await settle();
    expect(source.calls).toBe(1);
    redis.setState('up');
    await clock.advance(1500);
    void two.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.calls).toBe(2);
  });

  it('is not missed by a process that was cut off while it was made', async () => {
    const { one, two, clock, redis } = await pair();
    for (const { cache } of [one, two])
      await Promise.all([
        cache.get(
          'k',
          ask(async () => value(1)),
        ),
        clock.advance(20),
      ]);
    two.life.pause();
    void one.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(20);
    // Its messages are lost with the connection, and the one who could say it again is gone.
    one.life.die();
    redis.setState('refusing');
    redis.setState('up');
    two.life.resume();
    await clock.advance(20);
    const source = createSource<{ n: number }>();
    void two.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.calls).toBe(1);
  });

  it('one that the store lost in a failover is sent again on the new connection', async () => {
    const { clock, redis } = createProcesses(0);
    const sent: (readonly string[])[] = [];
    const store = redis.connect();
    const { cache } = createRig({
      clock,
      shared: {
        ...store,
        invalidate: (request) => {
          sent.push(request.tags);
          return store.invalidate(request);
        },
      },
    });
    await cache.invalidate(['a', 'b'], 'soft');
    redis.setState('refusing');
    redis.setState('up');
    await clock.advance(20);
    expect(sent).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('a load during which the link was lost is judged by what was known when it began', async () => {
    const { one, two, make, clock, redis } = await pair();
    const source = createSource<{ n: number }>();
    const loading = one.cache.get('k', ask(source.load));
    await clock.advance(10);
    redis.cut();
    void two.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(300);
    await source.succeed(value(1));
    await clock.advance(20);
    expect((await loading).status).toBe('FRESH');
    for (const { cache } of [one, two, make(7)]) {
      const answer = cache.get(
        'k',
        ask(async () => value(2)),
      );
      await clock.advance(20);
      expect((await answer).value).toEqual({ n: 2 });
    }
  });

  it('a load that spans a reconnection is not passed for fresh to one who asks after it', async () => {
    const { one, two, clock, redis } = await pair();
    redis.setState('refusing');
    const source = createSource<{ n: number }>();
    const before = one.cache.get('k', ask(source.load));
    await clock.advance(10);
    one.life.pause();
    void two.cache.invalidate(['collection:things'], 'hard');
    redis.setState('up');
    await clock.advance(300);
    one.life.resume();
    await clock.advance(10);
    const after = one.cache.get('k', ask(source.load));
    await source.succeed(value(1));
    expect((await before).value).toEqual({ n: 1 });
    await clock.advance(20);
    await source.succeed(value(2));
    expect((await after).value).toEqual({ n: 2 });
  });
});
