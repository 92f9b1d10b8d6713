import { describe, expect, it } from 'vitest';
import { storeIdOf } from '../../../src/cache/entry-format.js';
import { createProcesses, pair } from '../support/processes.js';
import { ask, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

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

  it('granted by a store that woke up too late for its asker holds up nobody', async () => {
    const { one, two, clock, redis } = await pair();
    redis.setState('hanging');
    const answer = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(60);
    expect((await answer).value).toEqual({ n: 1 });
    redis.setState('up');
    await clock.advance(1100);
    const askedAt = clock.now();
    const next = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(50);
    expect((await next).value).toEqual({ n: 2 });
    expect(clock.now() - askedAt).toBeLessThanOrEqual(50);
  });

  it('is stored under by a store that takes longer than a request would wait', async () => {
    const { make, clock, redis } = createProcesses(0);
    const late = <T>(answer: Promise<T>) => new Promise<T>((resolve) => clock.after(300, () => resolve(answer)));
    const one = make(1, (store) => ({ ...store, commit: (commit) => late(store.commit(commit)) }));
    await clock.advance(10);
    const answer = one.cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(400);
    expect((await answer).value).toEqual({ n: 1 });
    expect(redis.entryBytes(storeIdOf('k'))?.toString()).toContain('{"n":1}');
    expect(one.events.count('tierDown')).toBe(0);
  });

  it('is given back by a process that is closed in the middle of a load', async () => {
    const { one, two, clock } = await pair();
    const lost = createSource<{ n: number }>();
    const ended = one.cache.get('k', ask(lost.load)).catch((error: unknown) => error);
    await clock.advance(10);
    const waiting = two.cache.get(
      'k',
      ask(async () => value(2)),
    );
    await clock.advance(10);
    const closing = one.cache.close();
    await clock.advance(20);
    await closing;
    expect((await waiting).value).toEqual({ n: 2 });
    expect(await ended).toMatchObject({ name: 'AbortError' });
  });
});
