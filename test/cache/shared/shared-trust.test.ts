import { describe, expect, it } from 'vitest';
import { storeIdOf } from '../../../src/cache/entry-format.js';
import { pair } from '../support/processes.js';
import { ask, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('what the store holds is not believed blindly', () => {
  const fill = async () => {
    const context = await pair();
    await Promise.all([
      context.one.cache.get(
        'k',
        ask(async () => value(1)),
      ),
      context.clock.advance(20),
    ]);
    return context;
  };

  it('a wiped store makes no old entry valid again', async () => {
    const { one, clock, redis } = await fill();
    void one.cache.invalidate(['other'], 'hard');
    await clock.advance(61_000);
    redis.wipe();
    const source = createSource<{ n: number }>();
    void one.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.calls).toBe(1);
  });

  it('a log that was evicted makes no old entry valid again', async () => {
    const { one, two, clock, redis } = await fill();
    void one.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(20);
    redis.evictLog();
    const source = createSource<{ n: number }>();
    void two.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.calls).toBe(1);
    await source.succeed(value(2));
    await clock.advance(20);
    expect(await two.cache.get('k', ask(source.load))).toMatchObject({ status: 'CACHED', value: { n: 2 } });
  });

  it.each([
    ['garbage', Buffer.from([0xff, 0xfe, 0, 1])],
    ['nothing at all', Buffer.alloc(0)],
    ['an unknown version', Buffer.from(`hg1 ${'0'.repeat(20)}\n{}\n{}`)],
    ['a header that is no header', Buffer.from(`hg2 ${'0'.repeat(20)}\n{"key":1}\n{}`)],
    ['a header that is no JSON', Buffer.from(`hg2 ${'0'.repeat(20)}\n{"key":\n{}`)],
    ['half an entry', Buffer.from(`hg2 ${'0'.repeat(20)}\n{}`)],
  ])('%s in the store is a miss, and told', async (_, bytes) => {
    const { two, clock, redis } = await fill();
    redis.setEntryBytes(storeIdOf('k'), bytes);
    const answer = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(20);
    expect(await answer).toMatchObject({ status: 'FRESH', value: { n: 2 } });
    expect(two.events.count('corrupt')).toBe(1);
    const next = await two.cache.get(
      'k',
      ask(async () => value(3)),
    );
    expect(next).toMatchObject({ status: 'CACHED', value: { n: 2 } });
  });

  it('an entry whose end is missing is a miss, and told', async () => {
    const { two, clock, redis } = await fill();
    const bytes = redis.entryBytes(storeIdOf('k')) ?? Buffer.alloc(0);
    redis.setEntryBytes(storeIdOf('k'), bytes.subarray(0, -1));
    const answer = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(20);
    expect(await answer).toMatchObject({ status: 'FRESH', value: { n: 2 } });
    expect(two.events.count('corrupt')).toBe(1);
  });

  it('an entry in the place of another one is not served', async () => {
    const { two, clock, redis } = await fill();
    redis.setEntryBytes(storeIdOf('victim'), redis.entryBytes(storeIdOf('k')) ?? Buffer.alloc(0));
    const answer = two.cache.get(
      'victim',
      ask(async () => value(2)),
    );
    await clock.advance(20);
    expect((await answer).value).toEqual({ n: 2 });
  });

  it('a copy in memory is checked again after a minute, and a renewed entry is taken over', async () => {
    const { one, two, clock } = await fill();
    await Promise.all([
      two.cache.get(
        'k',
        ask(async () => value(9)),
      ),
      clock.advance(20),
    ]);
    await Promise.all([
      two.cache.get(
        'k',
        ask(async () => value(2), { fresh: true }),
      ),
      clock.advance(20),
    ]);
    await clock.advance(2000);
    await Promise.all([
      two.cache.get(
        'k',
        ask(async () => value(3), { fresh: true }),
      ),
      clock.advance(20),
    ]);
    expect(
      (
        await one.cache.get(
          'k',
          ask(async () => value(4)),
        )
      ).value,
    ).toEqual({ n: 1 });
    await clock.advance(60_000);
    const checked = one.cache.get(
      'k',
      ask(async () => value(5)),
    );
    await clock.advance(20);
    expect(await checked).toMatchObject({ status: 'CACHED', value: { n: 3 } });
  });
});

describe('a load that outlives a link', () => {
  it('is not passed for fresh to a caller who came after an invalidation that the old link did not bring', async () => {
    const { one, two, clock, redis } = await pair();
    const source = createSource<{ n: number }>();
    void one.cache.get('k', ask(source.load));
    await clock.advance(20);
    expect(source.running).toBe(1);
    one.life.pause();
    redis.cut();
    await clock.advance(20);
    void two.cache.invalidate(['collection:things'], 'soft');
    await clock.advance(1000);
    let answer: Promise<unknown> | undefined;
    // Asked before the process sees that its link is another one.
    one.life.when(() => {
      answer = one.cache.get('k', ask(source.load));
    });
    one.life.resume();
    await source.succeed(value(1));
    await clock.advance(20);
    expect(await answer).toMatchObject({ status: 'STALE' });
  });
});
