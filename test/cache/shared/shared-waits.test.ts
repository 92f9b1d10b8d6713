import { describe, expect, it } from 'vitest';
import { createSharedTier } from '../../../src/cache/shared/shared-tier.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createProcesses, pair } from '../support/processes.js';
import { ask, createEventLog } from '../support/rig.js';
import { createSimulatedRedis } from '../support/simulated-redis.js';

const value = (n: number) => ({ value: { n } });

describe('round trips', () => {
  it('all keys asked for in one tick are read in one', async () => {
    const { make, clock } = createProcesses(0);
    const reads: { entries: number; tags: number }[] = [];
    const { cache } = make(1, (store) => ({
      ...store,
      read: (request) => {
        reads.push({ entries: request.entries.length, tags: request.tags.length });
        return store.read(request);
      },
    }));
    await clock.advance(10);
    const section = (n: number) =>
      cache.get(
        `section ${n}`,
        ask(async () => value(n), { tags: [`section:${n}`, 'collection:products'] }),
      );
    const all = Promise.all([1, 2, 3, 4, 5, 6].map(section));
    await clock.advance(20);
    await all;
    expect(reads).toEqual([{ entries: 6, tags: 8 }]);
    await Promise.all([1, 2, 3, 4, 5, 6].map(section));
    expect(reads, 'and none while memory knows').toHaveLength(1);
  });

  it('a load costs three: its look, its lease, and its entry with its tags', async () => {
    const { make, clock } = createProcesses(0);
    const calls: string[] = [];
    const counted = <Args extends unknown[], Result>(name: string, call: (...args: Args) => Result) => {
      return (...args: Args): Result => {
        calls.push(name);
        return call(...args);
      };
    };
    const { cache } = make(1, (store) => ({
      ...store,
      read: counted('read', store.read),
      acquire: counted('acquire', store.acquire),
      renew: counted('renew', store.renew),
      commit: counted('commit', store.commit),
      release: counted('release', store.release),
      invalidate: counted('invalidate', store.invalidate),
    }));
    await clock.advance(10);
    const answer = cache.get(
      'k',
      ask(async () => ({ ...value(1), tags: ['product:1', 'store:2'] }), { tags: ['section:k'] }),
    );
    await clock.advance(20);
    await answer;
    expect(calls).toEqual(['read', 'acquire', 'commit']);
  });
});

describe('when the store does not answer', () => {
  it('one request waits for it 50 ms in all, the next ones not at all, and memory serves', async () => {
    const { one, clock, redis } = await pair();
    redis.setState('hanging');
    const answeredAfter = async (key: string) => {
      const askedAt = clock.now();
      const answer = one.cache
        .get(
          key,
          ask(async () => value(1)),
        )
        .then(() => clock.now() - askedAt);
      await clock.advance(60);
      return answer;
    };
    expect(await answeredAfter('a')).toBe(50);
    expect(one.events.count('tierDown')).toBe(1);
    expect(await answeredAfter('b')).toBe(0);
    expect(await answeredAfter('a')).toBe(0);
    await clock.advance(1000);
    expect(await answeredAfter('c'), 'half-open').toBe(50);
    redis.setState('up');
    await clock.advance(2000);
    expect(await answeredAfter('d')).toBeLessThan(10);
    expect(one.events.count('tierUp')).toBe(1);
  });

  it('a failing store is no error and no wait, from the first request on', async () => {
    const { make, redis } = createProcesses(0);
    redis.setState('refusing');
    const { cache } = make(1);
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

  it('the 50 ms are for all that one request asks the store before its load', async () => {
    const { make, clock } = createProcesses(0);
    const late = <T>(answer: Promise<T>) => new Promise<T>((resolve) => clock.after(30, () => resolve(answer)));
    const { cache } = make(1, (store) => ({
      ...store,
      read: (request) => late(store.read(request)),
      acquire: (request) => late(store.acquire(request)),
    }));
    await clock.advance(10);
    const askedAt = clock.now();
    let loadedAfter = 0;
    void cache.get(
      'k',
      ask(async () => {
        loadedAfter = clock.now() - askedAt;
        return value(1);
      }),
    );
    await clock.advance(100);
    expect(loadedAfter).toBe(50);
  });

  it('one request alone tries whether it is back', async () => {
    const { one, clock, redis } = await pair();
    redis.setState('hanging');
    const waits: number[] = [];
    const start = (key: string) => {
      const askedAt = clock.now();
      void one.cache
        .get(
          key,
          ask(async () => value(1)),
        )
        .then(() => waits.push(clock.now() - askedAt));
    };
    start('a');
    await clock.advance(1100);
    start('b');
    await clock.advance(10);
    start('c');
    await clock.advance(100);
    expect(waits).toEqual([50, 0, 50]);
  });

  it.each([60, 200, 900])(
    'an answer after %i ms, beside a stream of invalidations, is away for requests: few wait, memory serves, and what was invalidated shows',
    async (delayMs) => {
      const { make, clock } = createProcesses(0);
      const late = <T>(answer: Promise<T>) => new Promise<T>((resolve) => clock.after(delayMs, () => resolve(answer)));
      const { cache, events } = make(1, (store) => ({
        ...store,
        read: (request) => late(store.read(request)),
        acquire: (request) => late(store.acquire(request)),
        invalidate: (request) => late(store.invalidate(request)),
        commit: (request) => late(store.commit(request)),
        release: (request) => late(store.release(request)),
        ping: () => late(store.ping()),
      }));
      await clock.advance(delayMs + 10);
      const waits: number[] = [];
      let shown = 0;
      const asked = async (n: number) => {
        const askedAt = clock.now();
        const answer = await cache.get(
          'k',
          ask(async () => value(n), { tags: ['section:k'] }),
        );
        waits.push(clock.now() - askedAt);
        shown = answer.value.n;
      };
      for (let round = 1; round <= 50; round += 1) {
        void cache.invalidate([`thing:${round}`], 'soft');
        if (round % 25 === 0) void cache.invalidate(['section:k'], 'hard');
        void asked(round);
        await clock.advance(200);
      }
      // Ten seconds of half-open tries, one a second, are all that waits.
      expect(Math.max(...waits)).toBeLessThanOrEqual(55);
      expect(waits.filter((ms) => ms > 5).length).toBeLessThanOrEqual(12);
      expect(events.count('tierDown')).toBe(1);
      expect(shown).toBe(50);
    },
  );

  it('time during which the process was busy itself is not held against the store', async () => {
    const clock = createFakeClock();
    let busyMs = 0;
    const busy = { ...clock, monotonic: () => clock.monotonic() + busyMs };
    const redis = createSimulatedRedis({ clock });
    const store = redis.connect();
    const events = createEventLog();
    const tier = createSharedTier({ store, clock: busy, events, waitMs: 50, downMs: 1000 });
    const budget = tier.requestBudget();
    let reply = () => {};
    const answered = new Promise<void>((resolve) => {
      reply = resolve;
    });
    const attempt = tier.attempt(() => answered, budget);
    busyMs = 500;
    await clock.advance(5);
    reply();
    await clock.advance(1);
    expect(await attempt).toBeDefined();
    expect(budget.leftMs).toBe(45);
    expect(events.count('tierDown')).toBe(0);
  });
});
