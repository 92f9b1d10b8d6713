import { describe, expect, it } from 'vitest';
import { settle } from '../../support/fake-clock.js';
import { ask, createRig, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('invalidation', () => {
  it('soft: the copy is stale at once, served while it is renewed once', async () => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => ({ ...value(1), tags: ['thing:1'] })),
    );
    await clock.advance(1000);
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
