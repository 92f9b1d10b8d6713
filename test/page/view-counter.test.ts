import { describe, expect, it } from 'vitest';
import { createViewCounter } from '../../src/page/view-counter.js';
import { createFakeClock } from '../support/fake-clock.js';

const HOUR_MS = 3_600_000;

describe('section views', () => {
  it('counts what was served in the last 24 hours, and forgets what is older', async () => {
    const clock = createFakeClock();
    const views = createViewCounter({ clock });
    views.record('events');
    await clock.advance(HOUR_MS);
    views.record('events');
    views.record('offers');
    expect(await views.lastDay()).toEqual({ events: 2, offers: 1 });
    await clock.advance(22 * HOUR_MS);
    expect(await views.lastDay()).toEqual({ events: 2, offers: 1 });
    await clock.advance(HOUR_MS);
    expect(await views.lastDay()).toEqual({ events: 1, offers: 1 });
    await clock.advance(HOUR_MS);
    expect(await views.lastDay()).toEqual({});
  });

  it('are summed over processes, and kept while the counters are away', async () => {
    const clock = createFakeClock();
    const buckets = new Map<string, Map<string, number>>();
    let away = false;
    const shared = {
      add: async (bucket: string, counts: ReadonlyMap<string, number>) => {
        if (away) throw new Error('away');
        const sums = buckets.get(bucket) ?? new Map<string, number>();
        buckets.set(bucket, sums);
        for (const [name, count] of counts) sums.set(name, (sums.get(name) ?? 0) + count);
      },
      sum: async (names: readonly string[]) => {
        if (away) throw new Error('away');
        const sums = new Map<string, number>();
        for (const [name, count] of names.flatMap((bucket) => [...(buckets.get(bucket) ?? [])])) {
          sums.set(name, (sums.get(name) ?? 0) + count);
        }
        return sums;
      },
    };
    const [one, two] = [createViewCounter({ clock, shared }), createViewCounter({ clock, shared })];
    one.record('events');
    two.record('events');
    expect(await one.lastDay()).toEqual({ events: 1 });
    await clock.advance(2000);
    expect(await one.lastDay()).toEqual({ events: 2 });
    away = true;
    one.record('events');
    await clock.advance(2000);
    // What was known last, and what was counted here since.
    expect(await one.lastDay()).toEqual({ events: 3 });
    away = false;
    await clock.advance(2000);
    expect(await two.lastDay()).toEqual({ events: 3 });
    await clock.advance(24 * HOUR_MS);
    expect(await two.lastDay()).toEqual({});
  });

  it('wait 50 ms for the counters of all processes, and no longer', async () => {
    const clock = createFakeClock();
    const shared = { add: async () => {}, sum: () => new Promise<never>(() => {}) };
    const views = createViewCounter({ clock, shared });
    views.record('events');
    let answer: unknown;
    const asked = views.lastDay().then((views) => {
      answer = views;
    });
    await clock.advance(49);
    expect(answer).toBeUndefined();
    await clock.advance(1);
    await asked;
    expect(answer).toEqual({ events: 1 });
  });
});
