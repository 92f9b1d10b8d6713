import { describe, expect, it } from 'vitest';
import type { Cache } from '../../src/cache/cache.js';
import { createFakeClock, type FakeClock, ticks } from '../support/fake-clock.js';
import { createProcesses, pair } from './support/processes.js';
import { ask, createRig } from './support/rig.js';

const store = { name: 'stores 1', tags: ['collection:stores', 'store:1'] };
const MAX_MS = 60_000;

const keep = (cache: Cache, value: unknown) => cache.parts.begin()(store, value);
const taken = async (cache: Cache) => (await cache.parts.take([store], MAX_MS)).get(store.name)?.value;

/** With a moment of the shared tier, which a load of anything has looked at before. */
async function keepAfterLook(cache: Cache, clock: FakeClock): Promise<void> {
  const load = cache.get(
    'k',
    ask(async () => ({ value: 1 })),
  );
  await clock.advance(50);
  await load;
  keep(cache, 'Nord');
}

describe('a part of values', () => {
  it('is taken from memory, with its age, until it is too old', async () => {
    const { cache, clock } = createRig();
    keep(cache, 'Nord');
    await clock.advance(MAX_MS - 1);
    expect(await cache.parts.take([store], MAX_MS)).toEqual(
      new Map([[store.name, { value: 'Nord', ageMs: MAX_MS - 1 }]]),
    );
    await clock.advance(1);
    expect(await taken(cache)).toBeUndefined();
  });

  it.each([['store:1'], ['collection:stores'], ['*']])('is read again after an invalidation of %s', async (tag) => {
    for (const mode of ['soft', 'hard'] as const) {
      const { cache } = createRig();
      keep(cache, 'Nord');
      await cache.invalidate([tag], mode);
      expect(await taken(cache)).toBeUndefined();
      keep(cache, 'South');
      expect(await taken(cache)).toBe('South');
    }
  });

  it('is not kept for long when it was invalidated while it was read', async () => {
    const { cache } = createRig();
    const keepPart = cache.parts.begin();
    await cache.invalidate(['store:1'], 'hard');
    keepPart(store, 'Nord');
    expect(await taken(cache)).toBeUndefined();
  });

  it('is judged by what is known of it, also when that is forgotten', async () => {
    const { cache } = createRig();
    keep(cache, 'Nord');
    const other = { name: 'stores 2', tags: ['store:2'] };
    cache.parts.begin()(other, 'South');
    await cache.invalidate(['store:1'], 'soft');
    const tags = Array.from({ length: 1000 }, (_, index) => `product:${index}`);
    for (let round = 0; round < 51; round += 1) {
      await cache.invalidate(
        tags.map((tag) => `${tag}:${round}`),
        'soft',
      );
    }
    expect(await taken(cache)).toBeUndefined();
    expect((await cache.parts.take([other], MAX_MS)).size).toBe(1);
  });

  it('is not taken after an invalidation that another process has made and this one has not heard of', async () => {
    const { one, two, clock, redis } = await pair();
    await keepAfterLook(one.cache, clock);
    redis.setMute(true);
    const told = two.cache.invalidate(['store:1'], 'hard');
    await clock.advance(50);
    await told;
    const found = taken(one.cache);
    await clock.advance(50);
    expect(await found).toBeUndefined();
  });

  it('is not taken while the shared tier cannot be asked', async () => {
    const { processes, clock, redis } = createProcesses(1);
    const [one] = processes;
    await clock.advance(10);
    if (one === undefined) throw new Error('no process');
    const both = async () => {
      const found = taken(one.cache);
      await clock.advance(100);
      return await found;
    };
    await keepAfterLook(one.cache, clock);
    expect(await both()).toBe('Nord');
    redis.setState('refusing');
    expect(await both()).toBeUndefined();
    expect(await both()).toBeUndefined();
  });
});

describe('an entry with an older part', () => {
  const policy = { freshMs: 10_000, staleMs: 20_000, graceMs: 30_000 };
  const load = async () => ({ value: 'page', partsAgeMs: 4000 });

  it('is fresh for so much less, and as old as its own load', async () => {
    const { cache, clock } = createRig({ clock: createFakeClock({ rest: ticks }) });
    await cache.get('k', ask(load, { policy }));
    await clock.advance(4900);
    expect(await cache.get('k', ask(load, { policy }))).toMatchObject({ status: 'CACHED', ageMs: 4900 });
    await clock.advance(1200);
    expect((await cache.get('k', ask(load, { policy }))).status).toBe('STALE');
  });

  it('is no answer for who asks for fresh data: the part is read, too', async () => {
    const { cache } = createRig();
    await cache.get('k', ask(load, { policy }));
    const asked: boolean[] = [];
    const fresh = await cache.get(
      'k',
      ask(
        async (context) => {
          asked.push(context.fresh);
          return { value: 'anew' };
        },
        { policy, fresh: true },
      ),
    );
    expect(fresh).toMatchObject({ value: 'anew', status: 'FRESH' });
    expect(asked).toEqual([true]);
  });
});
