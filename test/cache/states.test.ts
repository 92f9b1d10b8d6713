import { describe, expect, it } from 'vitest';
import { settle } from '../support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });

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
