import { describe, expect, it } from 'vitest';
import { standardPolicy } from '../../src/core/cache-policy.js';
import { settle } from '../support/fake-clock.js';
import { createProcesses, pair } from './support/processes.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });
const hand = (name: string) => ({ name, label: 'test', policy: standardPolicy });
const never = ask<{ n: number }>(() => Promise.reject(new Error('loaded')));

describe('what is present', () => {
  it('is all of the keys, or none of them and nothing told', async () => {
    const { cache, events } = createRig();
    await cache.get(
      'a',
      ask(async () => value(1)),
    );
    expect(cache.present([hand('a'), hand('b')], () => never)).toBeUndefined();
    expect(events.count('hit')).toBe(0);
    await cache.get(
      'b',
      ask(async () => value(2)),
    );
    expect(cache.present([hand('b'), hand('a')], () => never)).toMatchObject([
      { value: { n: 2 } },
      { value: { n: 1 } },
    ]);
    expect(events.count('hit')).toBe(2);
  });

  it('may be stale, and is renewed once behind the answers', async () => {
    const { cache, clock, events } = createRig();
    await cache.get(
      'a',
      ask(async () => value(1)),
    );
    await clock.advance(200_000);
    const source = createSource<{ n: number }>();
    for (let i = 0; i < 3; i++) {
      expect(cache.present([hand('a')], () => ask(source.load))).toMatchObject([{ status: 'STALE', freshForMs: 0 }]);
    }
    await settle();
    expect([events.count('stale'), source.calls]).toEqual([3, 1]);
    await source.succeed(value(2));
    expect(cache.present([hand('a')], () => never)).toMatchObject([{ status: 'CACHED', value: { n: 2 } }]);
  });

  it('is nothing that is forbidden, or past the time in which it may be stale', async () => {
    const { cache, clock } = createRig();
    const load = ask(async () => value(1), { tags: ['item:1'] });
    await cache.get('a', load);
    await cache.invalidate(['item:1'], 'hard');
    expect(cache.present([hand('a')], () => never)).toBeUndefined();
    await cache.get('a', load);
    await clock.advance(301_000);
    expect(cache.present([hand('a')], () => never)).toBeUndefined();
  });
});

describe('a look', () => {
  /** A process that serves nothing without a look, beside one that invalidates. */
  const looking = async () => {
    const { make, clock, redis } = createProcesses(0);
    const reads: { entries: number; tags: number }[] = [];
    const one = make(
      1,
      (store) => ({
        ...store,
        read: (request) => {
          reads.push({ entries: request.entries.length, tags: request.tags.length });
          return store.read(request);
        },
      }),
      { alwaysLook: true },
    );
    const two = make(2);
    await clock.advance(10);
    const load = (n: number) => ask(async () => value(n), { tags: ['item:1'] });
    const first = one.cache.get('a', load(1));
    await clock.advance(20);
    await first;
    reads.length = 0;
    const look = async (options = never) => {
      const answer = one.cache.look([hand('a')], () => options);
      await clock.advance(20);
      return answer;
    };
    return { one, two, clock, redis, reads, look };
  };

  it('is one round trip for all who ask together, and sends no entry that is held', async () => {
    const { one, clock, reads } = await looking();
    expect(
      one.cache.present([hand('a')], () => never),
      'without a look',
    ).toBeUndefined();
    const answers = Promise.all(Array.from({ length: 5 }, () => one.cache.look([hand('a')], () => never)));
    await clock.advance(20);
    for (const answer of await answers) expect(answer).toMatchObject([{ status: 'CACHED', value: { n: 1 } }]);
    expect(reads).toEqual([{ entries: 1, tags: 3 }]);
  });

  it('finds what another process has invalidated, whether or not the message came', async () => {
    const { two, clock, redis, look } = await looking();
    redis.setSilent(true);
    const invalidated = two.cache.invalidate(['item:1'], 'hard');
    await clock.advance(20);
    await invalidated;
    expect(await look()).toBeUndefined();
  });

  it('finds what another process has loaded since', async () => {
    const { two, clock, look } = await looking();
    const renewed = two.cache.get(
      'a',
      ask(async () => value(2), { tags: ['item:1'], fresh: true }),
    );
    await clock.advance(1100);
    await renewed;
    const again = two.cache.get(
      'a',
      ask(async () => value(3), { tags: ['item:1'], fresh: true }),
    );
    await clock.advance(20);
    await again;
    expect(await look()).toMatchObject([{ value: { n: 3 } }]);
  });

  it('is none without a copy, and memory answers by itself while Redis is away', async () => {
    const { one, clock, redis, look } = await looking();
    expect(one.cache.look([hand('a'), hand('unknown')], () => never)).toBeUndefined();
    redis.setState('refusing');
    expect(await look(), 'the look that finds it out').toMatchObject([{ status: 'CACHED', value: { n: 1 } }]);
    expect(one.cache.look([hand('a')], () => never)).toBeUndefined();
    expect(one.cache.present([hand('a')], () => never)).toMatchObject([{ value: { n: 1 } }]);
    redis.setState('up');
    await clock.advance(2000);
    await settle();
    expect(one.cache.present([hand('a')], () => never)).toBeUndefined();
  });
});

it('a process that hears messages needs no look', async () => {
  const { one, clock } = await pair();
  const first = one.cache.get(
    'a',
    ask(async () => value(1)),
  );
  await clock.advance(20);
  await first;
  expect(one.cache.present([hand('a')], () => never)).toMatchObject([{ value: { n: 1 } }]);
});
