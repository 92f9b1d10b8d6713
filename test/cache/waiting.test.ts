import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/core/errors.js';
import { settle } from '../support/fake-clock.js';
import { ask, createRig, createSource } from './support/rig.js';

const GRACE_AGE_MS = 400_000;

/** A copy that has passed into its grace, and a source that is asked for a new one. */
async function inGrace(options: Parameters<typeof createRig>[0] = {}) {
  const rig = createRig(options);
  const source = createSource<string>();
  const first = rig.cache.get('key', ask(source.load));
  await settle();
  await source.succeed({ value: 'old' });
  await first;
  await rig.clock.advance(GRACE_AGE_MS);
  return { ...rig, source };
}

const timedOut = new AppError('TIMEOUT_ERROR', 'Timed out');

describe('a caller whose time is over', () => {
  it('gets the copy in its grace, and ends the load that nobody else waits for', async () => {
    const { cache, source, events } = await inGrace();
    const caller = new AbortController();
    const answer = cache.get('key', ask(source.load, { signal: caller.signal }));
    await settle();
    caller.abort(timedOut);
    expect(await answer).toMatchObject({ value: 'old', status: 'STALE', freshForMs: 0 });
    expect(source.signals[1]?.aborted).toBe(true);
    expect(events.all.at(-1)).toEqual({ name: 'stale', event: { label: 'test', ageMs: GRACE_AGE_MS, grace: true } });
  });

  it('does not make the load look as if its own time was over', async () => {
    const { cache, source } = await inGrace();
    const caller = new AbortController();
    const answer = cache.get('key', ask(source.load, { signal: caller.signal }));
    await settle();
    caller.abort(timedOut);
    await answer;
    expect(source.signals[1]?.reason).toMatchObject({ name: 'AbortError' });
  });

  it('gets nothing that was taken down', async () => {
    const { cache, source } = await inGrace();
    await cache.invalidate(['collection:things'], 'hard');
    const caller = new AbortController();
    const answer = cache.get('key', ask(source.load, { signal: caller.signal }));
    caller.abort(timedOut);
    await expect(answer).rejects.toBe(timedOut);
  });
});

describe('a load that knows its time', () => {
  it('is told what is left of it', async () => {
    const { cache, clock } = createRig({ loadLimitMs: 1000 });
    const left: number[] = [];
    await cache.get(
      'key',
      ask(async ({ remainingMs }) => {
        left.push(remainingMs());
        await clock.advance(300);
        left.push(remainingMs());
        return { value: 1 };
      }),
    );
    expect(left).toEqual([1000, 700]);
  });
});

describe('a cache that lets nobody wait', () => {
  const overloaded = new AppError('OVERLOADED', 'Too many');
  const refuse = () => {
    throw overloaded;
  };

  it('refuses a caller for whom it has nothing, without asking the source', async () => {
    const { cache } = createRig({ admit: refuse });
    const source = createSource<string>();
    await expect(cache.get('key', ask(source.load))).rejects.toBe(overloaded);
    expect(source.calls).toBe(0);
  });

  it('goes on serving what is fresh, and what stands in grace', async () => {
    let isFull = false;
    const admit = () => (isFull ? refuse() : () => {});
    const { cache, clock, source } = await inGrace({ admit });
    const renewed = cache.get('key', ask(source.load));
    await settle();
    await source.succeed({ value: 'new' });
    await renewed;
    isFull = true;
    expect(await cache.get('key', ask(source.load))).toMatchObject({ value: 'new', status: 'CACHED' });
    await clock.advance(GRACE_AGE_MS);
    expect(await cache.get('key', ask(source.load))).toMatchObject({ value: 'new', status: 'STALE' });
    expect(source.calls).toBe(2);
  });

  it('is told when each wait ends, however it ends', async () => {
    let waiting = 0;
    const admit = () => {
      waiting += 1;
      return () => {
        waiting -= 1;
      };
    };
    const { cache } = createRig({ admit });
    const source = createSource<string>();
    const caller = new AbortController();
    const answers = [
      cache.get('one', ask(source.load)),
      cache.get('two', ask(source.load, { signal: caller.signal })),
      cache.get('three', ask(source.load)),
    ];
    await settle();
    expect(waiting).toBe(3);
    const settled = Promise.allSettled(answers);
    await source.succeed({ value: 'served' });
    caller.abort(timedOut);
    await source.fail(new Error('aborted'));
    await source.fail(new Error('failed'));
    await settled;
    expect(waiting).toBe(0);
  });
});
