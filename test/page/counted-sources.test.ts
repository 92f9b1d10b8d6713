import { trusted } from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { CollectionSource, FindPlan, StoredDocument } from '../../src/database/collection-source.js';
import type { Sources } from '../../src/database/connect.js';
import { collectionNames } from '../../src/database/models/collections.js';
import { createCountedSources } from '../../src/page/sources/counted-sources.js';
import { createFakeClock } from '../support/fake-clock.js';

/** Sources with so many matching documents, of which a find answers as many as it may. */
function createFixture() {
  const clock = createFakeClock();
  const state = { matching: 100, counts: 0, answer: async (): Promise<void> => undefined };
  const source: CollectionSource = {
    find: async ({ limit = 0 }) => Array.from<StoredDocument>({ length: Math.min(limit, state.matching) }).fill({}),
    count: async () => {
      state.counts += 1;
      const { matching } = state;
      await state.answer();
      return matching;
    },
    page: async () => {
      throw new Error('the totals are to be taken apart from the documents');
    },
  };
  const sources = Object.fromEntries(collectionNames.map((name) => [name, source])) as unknown as Sources;
  const counted = createCountedSources({ sources, clock, countTimeoutMs: 5000 });
  const total = async (filter: FindPlan['filter'] = { featured: true }, collection = counted.products) => {
    const read = { signal: new AbortController().signal, remainingMs: () => 5000 };
    return (await collection.page({ filter, select: ['name'], limit: 25, ...read })).total;
  };
  return { clock, state, counted, total };
}

describe('the total of a list', () => {
  it('is counted when it is first needed, and at most once a minute, however often the list is read', async () => {
    const { clock, state, total } = createFixture();
    expect(await total()).toBe(100);
    state.matching = 150;
    // Fifty changes a second for ten seconds, of which each makes the list read anew.
    for (let change = 0; change < 500; change += 1) {
      expect(await total()).toBe(100);
      await clock.advance(20);
    }
    expect(state.counts).toBe(1);
    await clock.advance(49_999);
    await total();
    expect(state.counts).toBe(1);
    await clock.advance(1);
    expect(await total()).toBe(100);
    await clock.advance(0);
    expect([await total(), state.counts]).toEqual([150, 2]);
  });

  it('is never waited for when one is known, and counted by one caller', async () => {
    const { clock, state, total } = createFixture();
    await total();
    await clock.advance(60_000);
    state.answer = () => new Promise(() => undefined);
    expect(await Promise.all([total(), total(), total()])).toEqual([100, 100, 100]);
    expect(state.counts).toBe(2);
  });

  it('serves on when it cannot be counted anew, and is tried again after a minute', async () => {
    const { clock, state, total } = createFixture();
    await total();
    state.answer = () => Promise.reject(new Error('away'));
    await clock.advance(60_000);
    expect(await total()).toBe(100);
    await clock.advance(59_999);
    expect(await total()).toBe(100);
    expect(state.counts).toBe(2);
    await clock.advance(1);
    await total();
    expect(state.counts).toBe(3);
  });

  it('fails with the list when none is known', async () => {
    const { state, total } = createFixture();
    state.answer = () => Promise.reject(new Error('away'));
    await expect(total()).rejects.toThrow('away');
  });

  it('is exact when the list holds every match, and never less than the list', async () => {
    const { state, total } = createFixture();
    await total();
    state.matching = 7;
    expect(await total()).toBe(7);
    state.matching = 0;
    expect(await total()).toBe(0);
    const grown = createFixture();
    grown.state.matching = 3;
    expect(await grown.total()).toBe(3);
    grown.state.matching = 40;
    expect(await grown.total()).toBe(25);
  });

  it('belongs to its collection and filter, whatever the moment in it', async () => {
    const { state, counted, total } = createFixture();
    const from = (time: number) => ({ validity: trusted({ $gte: new Date(time) }) });
    await total(from(1));
    await total(from(2));
    expect(state.counts).toBe(1);
    await total({ ...from(2), featured: true });
    await total(from(1), counted.offers);
    expect(state.counts).toBe(3);
  });
});
