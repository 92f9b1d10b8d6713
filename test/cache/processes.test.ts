import { describe, expect, it } from 'vitest';
import { storeIdOf } from '../../src/cache/entry-format.js';
import type { SharedStore } from '../../src/cache/shared-store.js';
import { createProcessLife } from './model/process.js';
import { createFakeClock, settle } from './support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';
import { createSimulatedRedis } from './support/simulated-redis.js';

const value = (n: number) => ({ value: { n } });

/** Processes on one simulated store whose wire takes a millisecond each way; `life` stops and ends one. */
function createProcesses(count = 2) {
  const clock = createFakeClock();
  const redis = createSimulatedRedis({ clock });
  const make = (seed: number, watch: (store: SharedStore) => SharedStore = (store) => store) => {
    const life = createProcessLife({ clock, delayMs: () => 1 });
    const own = { ...life.clock, advance: clock.advance };
    return { ...createRig({ clock: own, shared: watch(life.connect(redis)), seed }), life };
  };
  const processes = Array.from({ length: count }, (_, index) => make(index + 1));
  return { clock, redis, make, processes };
}

async function pair() {
  const { processes, ...rest } = createProcesses();
  const [one, two] = processes;
  if (!one || !two) throw new Error('no processes');
  await rest.clock.advance(10);
  return { one, two, ...rest };
}

describe('lease', () => {
  it('lets one of two processes load; the other gets its entry', async () => {
    const { one, two, clock } = await pair();
    const source = createSource<{ n: number }>();
    const answers = [one, two].flatMap(({ cache }) => [1, 2, 3].map(() => cache.get('k', ask(source.load))));
    await clock.advance(5000);
    expect(source.calls).toBe(1);
    await source.succeed(value(1));
    await clock.advance(10);
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual(['CACHED', 'CACHED', 'CACHED', 'FRESH', 'FRESH', 'FRESH']);
    expect(source.calls).toBe(1);
  });

  it('serves stale at once in the process that did not win', async () => {
    const { one, two, clock } = await pair();
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
        ask(async () => value(9)),
      ),
      clock.advance(20),
    ]);
    await clock.advance(200_000);
    const source = createSource<{ n: number }>();
    const answers = [one.cache.get('k', ask(source.load)), two.cache.get('k', ask(source.load))];
    await clock.advance(50);
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(['STALE', 'STALE']);
    expect(source.calls).toBe(1);
  });

  it('is taken over when its holder dies in the middle of a load', async () => {
    const { one, two, clock } = await pair();
    const lost = createSource<{ n: number }>();
    void one.cache.get('k', ask(lost.load));
    await clock.advance(10);
    const source = createSource<{ n: number }>();
    const waiting = two.cache.get('k', ask(source.load));
    await clock.advance(1500);
    expect(source.calls).toBe(0);
    one.life.die();
    await clock.advance(2200);
    expect(source.calls, 'the lease has run out').toBe(1);
    await source.succeed(value(2));
    expect((await waiting).value).toEqual({ n: 2 });
  });

  it('a process that slept through its lease overwrites nothing', async () => {
    const { one, two, clock, redis } = await pair();
    const slow = createSource<{ n: number }>();
    const late = one.cache.get('k', ask(slow.load));
    await clock.advance(10);
    one.life.pause();
    const waiting = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(3000);
    expect((await waiting).value).toEqual({ n: 2 });
    await slow.succeed(value(1));
    one.life.resume();
    await clock.advance(100);
    expect((await late).value).toEqual({ n: 1 });
    expect(redis.entryBytes(storeIdOf('k'))?.toString()).toContain('{"n":2}');
    expect(one.events.count('leaseLost')).toBe(1);
  });

  it('goes on for as long as the load does', async () => {
    const { one, two, clock } = await pair();
    const source = createSource<{ n: number }>();
    const answers = [one.cache.get('k', ask(source.load)), two.cache.get('k', ask(source.load))];
    await clock.advance(20_000);
    expect(source.calls).toBe(1);
    await source.succeed(value(1));
    await clock.advance(10);
    await Promise.all(answers);
  });

  it('a failed load lets the next process try', async () => {
    const { one, two, clock } = await pair();
    const first = one.cache
      .get(
        'k',
        ask(() => Promise.reject(new Error('only here'))),
      )
      .catch(() => 'failed');
    const second = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(500);
    expect(await first).toBe('failed');
    expect((await second).value).toEqual({ n: 2 });
  });
});

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
    // Its messages are lost with the connection.
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
});

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

  it('an evicted tag makes no old entry valid again', async () => {
    const { one, two, clock, redis } = await fill();
    void one.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(20);
    redis.evictTag('collection:things');
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
    ['an unknown version', Buffer.from(`hg9 ${'0'.repeat(20)}\n{}\n{}`)],
    ['a header that is no header', Buffer.from(`hg1 ${'0'.repeat(20)}\n{"key":1}\n{}`)],
    ['half a value', Buffer.from(`hg1 ${'0'.repeat(20)}\n{}`)],
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

describe('round trips', () => {
  it('all keys asked for in one tick are read in one', async () => {
    const { make, clock } = createProcesses(0);
    const reads: { ids: number; tags: number }[] = [];
    const { cache } = make(1, (store) => ({
      ...store,
      read: (request) => {
        reads.push({ ids: request.ids.length, tags: request.tags.length });
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
    expect(reads).toEqual([{ ids: 6, tags: 7 }]);
    await Promise.all([1, 2, 3, 4, 5, 6].map(section));
    expect(reads, 'and none while memory knows').toHaveLength(1);
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
});
