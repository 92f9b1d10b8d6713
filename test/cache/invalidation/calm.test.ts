import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/cache/memory-store.js';
import { settle } from '../../support/fake-clock.js';
import { createProcesses, pair } from '../support/processes.js';
import { ask, createRig, createSource } from '../support/rig.js';

const value = (n: number) => ({ value: { n } });

describe('soft invalidations', () => {
  it('renew an entry at most once a second over all processes, however many come, and show the last change', async () => {
    const { clock, processes } = createProcesses(3);
    await clock.advance(10);
    let changes = 0;
    const loads: number[] = [];
    const load = async () => {
      loads.push(changes);
      return value(changes);
    };
    const read = () => Promise.all(processes.map(({ cache }) => cache.get('k', ask(load))));
    void read();
    await clock.advance(100);
    for (let tick = 0; tick < 500; tick += 1) {
      changes += 1;
      void processes[tick % 3]?.cache.invalidate(['collection:things'], 'soft');
      void read();
      await clock.advance(20);
    }
    expect(loads.length).toBeLessThanOrEqual(12);
    expect(loads.length).toBeGreaterThanOrEqual(8);
    await clock.advance(1000);
    void read();
    await clock.advance(100);
    void read();
    await clock.advance(100);
    const last = read();
    await clock.advance(20);
    for (const answer of await last) expect(answer).toMatchObject({ status: 'CACHED', value: { n: changes } });
  });
});

describe('a degraded value', () => {
  const degraded = async () => ({ ...value(2), cacheable: 'brief' as const });

  it('does not take the place of a whole one: it is served and forgotten, and not asked for again at once', async () => {
    const { cache, clock } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await clock.advance(400_000);
    expect(await cache.get('k', ask(degraded))).toMatchObject({ status: 'FRESH', value: { n: 2 } });
    const source = createSource<{ n: number }>();
    expect(await cache.get('k', ask(source.load))).toMatchObject({ status: 'STALE', value: { n: 1 } });
    expect(source.calls).toBe(0);
    await clock.advance(10_000);
    expect(
      await cache.get(
        'k',
        ask(() => Promise.reject(new Error('down'))),
      ),
    ).toMatchObject({ value: { n: 1 } });
  });

  it('does not take its place in Redis either', async () => {
    const { one, two, clock } = await pair();
    const get = async (cache: typeof one.cache, load: () => Promise<{ value: { n: number } }>) => {
      const answer = cache.get('k', ask(load));
      await clock.advance(50);
      return answer;
    };
    await get(one.cache, async () => value(1));
    await clock.advance(400_000);
    expect((await get(one.cache, degraded)).value).toEqual({ n: 2 });
    expect((await get(two.cache, () => Promise.reject(new Error('down')))).value).toEqual({ n: 1 });
  });

  it('takes the place of one that was taken down', async () => {
    const { cache } = createRig();
    await cache.get(
      'k',
      ask(async () => value(1)),
    );
    await cache.invalidate(['collection:things'], 'hard');
    await cache.get('k', ask(degraded));
    expect(
      await cache.get(
        'k',
        ask(async () => value(3)),
      ),
    ).toMatchObject({ status: 'CACHED', value: { n: 2 } });
  });
});

describe('a group of keys', () => {
  it('has no more than its share of memory, and displaces nothing else', async () => {
    const memory = createMemoryStore({ maxBytes: 100_000, shares: { place: 0.25 } });
    const { cache } = createRig({ memory });
    const big = async () => ({ value: 'x'.repeat(2000) });
    await cache.get('page', ask(big));
    for (let place = 0; place < 200; place += 1) await cache.get(`place ${place}`, ask(big, { group: 'place' }));
    await settle();
    expect((await cache.get('page', ask(big))).status).toBe('CACHED');
    expect(memory.bytes).toBeLessThanOrEqual(25_000 + 10_000);
    expect((await cache.get('place 199', ask(big, { group: 'place' }))).status).toBe('CACHED');
  });
});
