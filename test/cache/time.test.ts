import { describe, expect, it } from 'vitest';
import { pair } from './support/processes.js';
import { ask, createRig, createSource } from './support/rig.js';

const value = (n: number) => ({ value: { n } });
const MINUTE_MS = 60_000;

describe('a wall clock that is set', () => {
  it.each([-10 * MINUTE_MS, 10 * MINUTE_MS])('by %i ms changes no age', async (byMs) => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(100_000);
    clock.setWall(byMs);
    expect(
      await cache.get(
        'k',
        ask(async () => value(2)),
      ),
    ).toMatchObject({ status: 'CACHED', ageMs: 100_000 });
    await clock.advance(100_000);
    expect(
      await cache.get(
        'k',
        ask(async () => value(2)),
      ),
    ).toMatchObject({ status: 'STALE', ageMs: 200_000 });
  });

  it('does not make a failed load stand for longer', async () => {
    const { cache, clock } = createRig();
    const source = createSource<{ n: number }>();
    const failed = cache.get('k', ask(source.load)).catch((error: unknown) => error);
    await clock.advance(0);
    await source.fail(new Error('down'));
    await failed;
    clock.setWall(-30_000);
    await clock.advance(1300);
    expect(
      (
        await cache.get(
          'k',
          ask(async () => value(2)),
        )
      ).value,
    ).toEqual({ n: 2 });
  });
});

describe('processes whose wall clocks differ', () => {
  it.each([-10 * MINUTE_MS, 10 * MINUTE_MS])('by %i ms agree on the age of an entry', async (byMs) => {
    const { one, two, clock } = await pair();
    const startAt = clock.now();
    one.life.setWall(byMs);
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(20);
    expect((await first).readAt).toBe(startAt + byMs + 4);
    await clock.advance(100_000);
    const second = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(20);
    const { status, ageMs } = await second;
    expect(status).toBe('CACHED');
    expect(ageMs).toBeGreaterThanOrEqual(100_000);
    expect(ageMs).toBeLessThan(100_100);
    const fresh = two.cache.get(
      'k',
      ask(async () => value(3), { fresh: true }),
    );
    await clock.advance(20);
    expect((await fresh).value, 'fresh: true asks for what was read in the last second').toEqual({ n: 3 });
  });

  it('an entry from the future is fresh for no longer than the reader’s policy says', async () => {
    const { one, two, clock, redis } = await pair();
    redis.setWall(10 * MINUTE_MS);
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(20);
    await first;
    redis.setWall(-10 * MINUTE_MS);
    const policy = { freshMs: 5000 };
    const second = two.cache.get(
      'k',
      ask(async () => value(2), { policy }),
    );
    await clock.advance(20);
    expect(await second).toMatchObject({ status: 'CACHED', value: { n: 1 } });
    await clock.advance(5000);
    expect(
      await two.cache.get(
        'k',
        ask(async () => value(2), { policy }),
      ),
    ).toMatchObject({ status: 'STALE' });
  });
});

describe('a policy that was lowered', () => {
  it('holds for entries that were written under the higher one', async () => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    const policy = { freshMs: 1000, staleMs: 2000, graceMs: 3000 };
    expect(
      (
        await cache.get(
          'k',
          ask(async () => value(2), { policy }),
        )
      ).freshForMs,
    ).toBe(1000);
    await clock.advance(1500);
    const renewed = createSource<{ n: number }>();
    expect((await cache.get('k', ask(renewed.load, { policy }))).status).toBe('STALE');
    await renewed.fail(new Error('down'));
    await clock.advance(1500);
    await expect(
      cache.get(
        'k',
        ask(() => Promise.reject(new Error('gone')), { policy }),
      ),
    ).rejects.toThrow();
  });
});

describe('a process that was stopped', () => {
  it('looks before it trusts what it holds, although messages wait behind the first request', async () => {
    const { one, two, clock } = await pair();
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(20);
    await first;
    one.life.pause();
    void two.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(1000);
    let answer: Promise<{ value: { n: number } }> | undefined;
    one.life.when(() => {
      answer = one.cache.get(
        'k',
        ask(async () => value(2)),
      );
    });
    one.life.resume();
    await clock.advance(50);
    expect((await answer)?.value).toEqual({ n: 2 });
  });
});

describe('a message line on which nothing comes any more', () => {
  it('is noticed within about two seconds: from then on every request looks', async () => {
    const { one, two, clock, redis } = await pair();
    const first = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(20);
    await first;
    redis.setSilent(true);
    void two.cache.invalidate(['collection:things'], 'hard');
    await clock.advance(2100);
    const answer = one.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(50);
    expect((await answer).value).toEqual({ n: 2 });
  });
});
