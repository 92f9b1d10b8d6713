import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../src/cache/memory-store.js';
import { settle } from './support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('single flight', () => {
  it('a stampede of 20 on a cold key loads once', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const all = Array.from({ length: 20 }, () => cache.get('k', ask(source.load)));
    await settle();
    await source.succeed(value(1));
    const answers = await Promise.all(all);
    expect(source.calls).toBe(1);
    expect(answers.every(({ status, value: { n } }) => status === 'FRESH' && n === 1)).toBe(true);
  });

  it('20 callers of a failing load wait once and get the same error, not one retry after the other', async () => {
    const { cache, clock } = createRig();
    const source = createSource();
    const all = Promise.allSettled(Array.from({ length: 20 }, () => cache.get('k', ask(source.load))));
    await clock.advance(3000);
    const error = new Error('down');
    await source.fail(error);
    const outcomes = await all;
    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === error)).toBe(true);
    await expect(cache.get('k', ask(source.load)), 'the negative entry').rejects.toBe(error);
    expect(source.calls).toBe(1);
  });

  it('remembers a failure about a second, then asks again', async () => {
    const { cache, clock } = createRig();
    const source = createSource<{ n: number }>();
    const first = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await settle();
    await source.fail(new Error('down'));
    await first;
    await clock.advance(740);
    await expect(cache.get('k', ask(source.load))).rejects.toThrow('down');
    await clock.advance(520);
    const again = cache.get('k', ask(source.load));
    await settle();
    await source.succeed(value(2));
    expect((await again).status).toBe('FRESH');
  });

  it('a load that throws at once fails like any other', async () => {
    const { cache } = createRig();
    const error = new Error('at once');
    const load = () => {
      throw error;
    };
    await expect(cache.get('k', ask(load))).rejects.toBe(error);
  });
});

describe('a caller’s signal', () => {
  it('ends that caller’s wait with its reason, and not the load that another waits for', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const controller = new AbortController();
    const leaver = cache.get('k', ask(source.load, { signal: controller.signal })).catch((error: unknown) => error);
    const stayer = cache.get('k', ask(source.load));
    await settle();
    const reason = new Error('deadline');
    controller.abort(reason);
    expect(await leaver).toBe(reason);
    expect(source.signals[0]?.aborted).toBe(false);
    await source.succeed(value(1));
    expect((await stayer).value).toEqual({ n: 1 });
  });

  it('aborts the load when the last one leaves, and counts that as no failure of the source', async () => {
    const { cache, events } = createRig();
    const source = createSource<{ n: number }>();
    const controller = new AbortController();
    const leaver = cache.get('k', ask(source.load, { signal: controller.signal })).catch((error: unknown) => error);
    await settle();
    controller.abort(new Error('gone'));
    await leaver;
    expect(source.signals[0]?.aborted).toBe(true);
    const next = cache.get('k', ask(source.load));
    await settle();
    expect(source.calls, 'never two at a time').toBe(1);
    await source.fail(new Error('aborted'));
    await source.succeed(value(2));
    expect((await next).value).toEqual({ n: 2 });
    expect(events.count('failure')).toBe(0);
  });

  it('rejects at once when it has aborted already, without asking anybody', async () => {
    const { cache } = createRig();
    const source = createSource();
    const reason = new Error('too late');
    await expect(cache.get('k', ask(source.load, { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason);
    expect(source.calls).toBe(0);
  });

  it('a load that never ends is given up after its limit', async () => {
    const { cache, clock } = createRig({ loadLimitMs: 10_000 });
    const source = createSource();
    const answer = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await clock.advance(10_001);
    expect(await answer).toMatchObject({ code: 'TIMEOUT_ERROR' });
    expect(source.signals[0]?.aborted).toBe(true);
  });
});

describe('states of a copy', () => {
  const fill = async (rig: ReturnType<typeof createRig>, options = {}) => {
    const filled = await rig.cache.get(
      'k',
      ask(async () => value(1), options),
    );
    expect(filled.status).toBe('FRESH');
  };

  it('is fresh below 180 s, then served stale while it is renewed once', async () => {
    const rig = createRig();
    await fill(rig);
    await rig.clock.advance(160_000);
    const source = createSource<{ n: number }>();
    expect(await rig.cache.get('k', ask(source.load))).toMatchObject({ status: 'CACHED', ageMs: 160_000 });
    await rig.clock.advance(21_000);
    for (let i = 0; i < 5; i++) {
      expect(await rig.cache.get('k', ask(source.load))).toMatchObject({
        status: 'STALE',
        freshForMs: 0,
        value: { n: 1 },
      });
    }
    expect(source.calls).toBe(1);
    await source.succeed(value(2));
    expect(await rig.cache.get('k', ask(source.load))).toMatchObject({ status: 'CACHED', value: { n: 2 } });
  });

  it('past 300 s is loaded while the caller waits, and served stale when that fails, backed off exponentially', async () => {
    const rig = createRig();
    await fill(rig);
    await rig.clock.advance(301_000);
    const source = createSource<{ n: number }>();
    const waiting = rig.cache.get('k', ask(source.load));
    await settle();
    expect(source.running).toBe(1);
    await source.fail(new Error('down'));
    expect(await waiting).toMatchObject({ status: 'STALE', value: { n: 1 } });
    for (let second = 0; second < 600; second++) {
      const served = rig.cache.get('k', ask(source.load));
      await settle();
      if (source.running > 0) await source.fail(new Error('still down'));
      expect((await served).status).toBe('STALE');
      await rig.clock.advance(1000);
    }
    expect(source.calls, 'ten minutes of a dead source').toBeLessThan(40);
    expect(source.calls).toBeGreaterThan(15);
  });

  it('is not served past its grace', async () => {
    const rig = createRig();
    await fill(rig, { policy: { graceMs: 400_000 } });
    await rig.clock.advance(400_001);
    await expect(
      rig.cache.get(
        'k',
        ask(() => Promise.reject(new Error('down'))),
      ),
    ).rejects.toThrow('down');
  });

  it('without stale-while-revalidate is loaded as soon as it is no longer fresh, with grace when that fails', async () => {
    const rig = createRig();
    const policy = { staleWhileRevalidate: false };
    await fill(rig, { policy });
    await rig.clock.advance(181_000);
    expect(
      await rig.cache.get(
        'k',
        ask(() => Promise.reject(new Error('down')), { policy }),
      ),
    ).toMatchObject({ status: 'STALE' });
    await rig.clock.advance(2000);
    expect(
      await rig.cache.get(
        'k',
        ask(async () => value(2), { policy }),
      ),
    ).toMatchObject({ status: 'FRESH', value: { n: 2 } });
  });

  it('lives no longer than what is in it', async () => {
    const rig = createRig();
    const freshUntil = rig.clock.now() + 30_000;
    await rig.cache.get(
      'k',
      ask(async () => ({ ...value(1), freshUntil })),
    );
    await rig.clock.advance(29_999);
    expect(
      await rig.cache.get(
        'k',
        ask(async () => value(2)),
      ),
    ).toMatchObject({ status: 'CACHED', freshForMs: 1 });
    await rig.clock.advance(1);
    expect(
      await rig.cache.get(
        'k',
        ask(async () => value(2)),
      ),
    ).toMatchObject({ status: 'FRESH', value: { n: 2 } });
  });

  it('keeps a degraded value for about a second', async () => {
    const rig = createRig();
    await rig.cache.get(
      'k',
      ask(async () => ({ ...value(1), cacheable: 'brief' as const })),
    );
    await rig.clock.advance(800);
    expect(
      (
        await rig.cache.get(
          'k',
          ask(async () => value(2)),
        )
      ).status,
    ).toBe('CACHED');
    await rig.clock.advance(300);
    expect(
      (
        await rig.cache.get(
          'k',
          ask(async () => value(2)),
        )
      ).status,
    ).toBe('FRESH');
  });

  it('entries made together do not expire together', async () => {
    const { cache } = createRig();
    const lifetimes = new Set<number>();
    for (let i = 0; i < 20; i++)
      lifetimes.add(
        (
          await cache.get(
            `k${i}`,
            ask(async () => value(i)),
          )
        ).freshForMs,
      );
    expect(lifetimes.size).toBeGreaterThan(15);
    expect(Math.min(...lifetimes)).toBeGreaterThan(160_000);
  });
});

describe('fresh: true', () => {
  it('loads once for all who ask at the same time, and renews the copy', async () => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(5000);
    const source = createSource<{ n: number }>();
    const all = [1, 2, 3].map(() => cache.get('k', ask(source.load, { fresh: true })));
    await settle();
    expect((await cache.get('k', ask(source.load))).status, 'others are served meanwhile').toBe('CACHED');
    await source.succeed(value(2));
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(['FRESH', 'FRESH', 'FRESH']);
    expect(source.calls).toBe(1);
    expect((await cache.get('k', ask(source.load))).value).toEqual({ n: 2 });
  });

  it('is content with data read less than a second ago, and with no older load', async () => {
    const { cache, clock } = createRig();
    const source = createSource<{ n: number }>();
    const first = cache.get('k', ask(source.load));
    await clock.advance(1500);
    const fresh = cache.get('k', ask(source.load, { fresh: true }));
    await source.succeed(value(1));
    expect((await first).value).toEqual({ n: 1 });
    await settle();
    await source.succeed(value(2));
    expect(await fresh).toMatchObject({ status: 'FRESH', value: { n: 2 } });
    await clock.advance(900);
    expect(await cache.get('k', ask(source.load, { fresh: true }))).toMatchObject({ status: 'FRESH', ageMs: 900 });
    expect(source.calls).toBe(2);
  });

  it('serves the copy as stale when the source is down', async () => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(5000);
    const answer = await cache.get(
      'k',
      ask(() => Promise.reject(new Error('down')), { fresh: true }),
    );
    expect(answer).toMatchObject({ status: 'STALE', value: { n: 1 } });
  });
});

describe('invalidation', () => {
  it('soft: the copy is stale at once, served while it is renewed once', async () => {
    const { cache } = createRig();
    await cache.get(
      'k',
      ask(async () => ({ ...value(1), tags: ['thing:1'] })),
    );
    await cache.invalidate(['thing:2'], 'soft');
    const source = createSource<{ n: number }>();
    expect((await cache.get('k', ask(source.load))).status).toBe('CACHED');
    await cache.invalidate(['thing:1'], 'soft');
    expect((await cache.get('k', ask(source.load))).status).toBe('STALE');
    expect((await cache.get('k', ask(source.load))).status).toBe('STALE');
    await source.succeed(value(2));
    expect(source.calls).toBe(1);
    expect((await cache.get('k', ask(source.load))).value).toEqual({ n: 2 });
  });

  it('hard: the copy is never served again, not even when the load fails', async () => {
    const { cache } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await cache.invalidate(['collection:things'], 'hard');
    await expect(
      cache.get(
        'k',
        ask(() => Promise.reject(new Error('down'))),
      ),
    ).rejects.toThrow('down');
  });

  it('a value loaded before a soft invalidation is not served as fresh after it', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const before = cache.get('k', ask(source.load));
    await settle();
    await cache.invalidate(['collection:things'], 'soft');
    const after = cache.get('k', ask(source.load));
    await source.succeed(value(1));
    expect((await before).status).toBe('FRESH');
    expect((await after).status).toBe('STALE');
    expect((await cache.get('k', ask(source.load))).status).toBe('STALE');
  });

  it('a value loaded before a hard invalidation goes to nobody who asks after it, late tags included', async () => {
    const { cache } = createRig();
    const source = createSource<{ n: number }>();
    const before = cache.get('k', ask(source.load));
    await settle();
    await cache.invalidate(['thing:1'], 'hard');
    const after = cache.get('k', ask(source.load));
    await source.succeed({ ...value(1), tags: ['thing:1'] });
    expect((await before).value).toEqual({ n: 1 });
    await settle();
    expect(source.calls, 'loaded again for the one who asked after').toBe(2);
    await source.succeed({ ...value(2), tags: ['thing:1'] });
    expect(await after).toMatchObject({ status: 'FRESH', value: { n: 2 } });
  });
});

describe('errors and bounds', () => {
  it('an error is never swallowed into a miss: the event tells, and nothing is stored', async () => {
    const { cache, events, memory } = createRig();
    const error = new Error('down');
    await expect(
      cache.get(
        'k',
        ask(() => Promise.reject(error)),
      ),
    ).rejects.toBe(error);
    expect(events.all).toEqual([{ name: 'failure', event: { label: 'test', error, stage: 'load' } }]);
    expect(memory.size).toBe(0);
  });

  it('the background renewal that fails is told, and nobody is left with an unhandled rejection', async () => {
    const { cache, clock, events } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(200_000);
    expect(
      (
        await cache.get(
          'k',
          ask(() => Promise.reject(new Error('down'))),
        )
      ).status,
    ).toBe('STALE');
    await settle();
    expect(events.count('failure')).toBe(1);
  });

  it('a value that cannot be written down is served and told, and kept nowhere', async () => {
    const { cache, events, memory } = createRig();
    const circular: { self?: unknown } = {};
    circular.self = circular;
    expect(
      (
        await cache.get(
          'k',
          ask(async () => ({ value: circular })),
        )
      ).value,
    ).toBe(circular);
    expect(events.count('failure')).toBe(1);
    expect(memory.size).toBe(0);
  });

  it('everybody gets the same shape, frozen, whoever loaded it', async () => {
    const { cache } = createRig();
    const at = new Date(0);
    const loaded = await cache.get<unknown>(
      'k',
      ask(async () => ({ value: { at, list: [{ a: 1 }] } })),
    );
    const cached = await cache.get<unknown>(
      'k',
      ask(async () => ({ value: {} })),
    );
    expect(loaded.value).toBe(cached.value);
    expect(loaded.value).toEqual({ at: '1970-01-01T00:00:00.000Z', list: [{ a: 1 }] });
    expect(() => Object.assign(Object(cached.value).list[0], { a: 2 })).toThrow(TypeError);
  });

  it('memory stays within its bound, whatever is stored', async () => {
    const memory = createMemoryStore({ maxBytes: 1_000_000 });
    const { cache } = createRig({ memory });
    for (let i = 0; i < 200; i++) {
      await cache.get(
        `k${i}`,
        ask(async () => ({ value: 'x'.repeat(i * 500) })),
      );
      expect(memory.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(memory.size).toBeGreaterThan(2);
    await cache.get(
      'huge',
      ask(async () => ({ value: 'x'.repeat(2_000_000) })),
    );
    expect(memory.get('huge')).toBeUndefined();
  });

  it('close ends every wait', async () => {
    const { cache } = createRig();
    const source = createSource();
    const waiting = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await settle();
    await cache.close();
    await source.fail(new Error('aborted'));
    expect(await waiting).toMatchObject({ name: 'AbortError' });
    await expect(cache.get('k', ask(source.load))).rejects.toMatchObject({ name: 'AbortError' });
  });
});
