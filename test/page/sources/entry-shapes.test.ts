import { describe, expect, it } from 'vitest';
import { createDeadline } from '../../../src/core/deadline.js';
import { createCachedSource } from '../../../src/page/sources/cached-source.js';
import type { SectionValue } from '../../../src/page/sources/section-source.js';
import { registry } from '../../../src/sections/registry.js';
import { pair } from '../../cache/support/processes.js';

const [section] = registry;
if (section === undefined) throw new Error('there are no sections');

describe('an entry of another shape', () => {
  it('counts as missing, and stays for those who know it', async () => {
    const { one, two, clock } = await pair();
    const total = async ({ cache }: typeof one, shape: string, read: number) => {
      const source = createCachedSource({
        ...{ cache, registry, ttlSeconds: 300, staleWhileRevalidate: true, shapeOf: () => shape },
        read: async () => ({ value: { items: [], total: read } }),
        guards: { run: (_section, load, options) => load(options), states: () => ({}) },
      });
      const answer = source.get({
        ...{ section, near: undefined, viewer: undefined, fresh: false },
        deadline: createDeadline({ clock, timeoutMs: 3000 }),
        loaders: () => ({
          join: () => {
            throw new Error('nothing is joined');
          },
        }),
      });
      await clock.advance(50);
      const value: SectionValue = (await answer).value;
      return value.total;
    };
    expect(await total(one, 'with a price', 1)).toBe(1);
    expect(await total(two, 'with a price and a currency', 2)).toBe(2);
    expect(await total(two, 'with a price', 3)).toBe(1);
  });
});
