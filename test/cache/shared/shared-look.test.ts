import { expect, it } from 'vitest';
import { createCacheEvents } from '../../../src/cache/cache-events.js';
import { createCopyAnswers } from '../../../src/cache/copy-answers.js';
import { jsonCodec, storeIdOf, writeEntry } from '../../../src/cache/entry-format.js';
import { createInvalidationLog } from '../../../src/cache/invalidation-log.js';
import { createMemoryStore } from '../../../src/cache/memory-store.js';
import { createSharedLink } from '../../../src/cache/shared/shared-link.js';
import { createLookUp } from '../../../src/cache/shared/shared-look.js';
import { createSharedReader, type ReadRequest } from '../../../src/cache/shared/shared-reader.js';
import { standardPolicy } from '../../../src/core/cache-policy.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createSimulatedRedis } from '../support/simulated-redis.js';

const ask = {
  ...{ label: 'test', group: undefined, tags: ['section:a'], policy: standardPolicy, fresh: false },
  ...{ load: () => Promise.reject(new Error('loaded')), askedAt: 0, askedSeq: 0, askedEpoch: 0 },
};
const header = (id: string, count: number, degraded: boolean) => ({
  ...{ id, key: 'a', readAt: 0, freshMs: 1000, staleMs: 2000, graceMs: 3000, degraded, partsAgeMs: 0 },
  ...{ tags: ['section:a', 'item:1'], moment: { incarnation: 'i', count } },
});

/** A look of a process that holds a degraded copy of the moment 20, at the moment 30, of what the shared store has. */
async function look(stored: { count: number }) {
  const clock = createFakeClock();
  const log = createInvalidationLog();
  const answers = createCopyAnswers({ log, clock });
  const memory = createMemoryStore({ maxBytes: 1_000_000 });
  const checks = { bornAt: 0, asOf: 0, settled: 'valid', epoch: 0, checkedAt: 0 } as const;
  memory.set('a', { header: header('held held held held ', 20, true), value: { n: 1 }, bytes: 10, ...checks });
  const entry = { ...header('stored stored stored', stored.count, false), bornAt: 0 };
  const bytes = writeEntry(entry, JSON.stringify({ n: 2 }));
  const reads: ReadRequest[] = [];
  const moment = { incarnation: 'i', count: 30 };
  log.sync(moment, 0);
  const lookUp = createLookUp({
    ...{ log, memory, answers, codec: jsonCodec, events: createCacheEvents() },
    link: createSharedLink({ store: createSimulatedRedis({ clock }).connect(), clock }),
    reader: {
      read: async (request) => {
        reads.push(request);
        // The item was forbidden at 15: a mark that is not told to who asks for those after 15.
        if (request.tags.includes('item:1') && request.since < 15) log.hear('item:1', 'hard', 15);
        const found = { bytes: request.entry && bytes, isUnchanged: false, isForeign: false };
        return { ...found, moment, now: 0, sentAt: 0 };
      },
    },
  });
  const found = await lookUp('a', storeIdOf('a'), ask, { leftMs: 50 });
  return { reads, value: found?.copy?.value };
}

it('an entry that is older than the held copy is judged by the marks since its own time', async () => {
  const { reads, value } = await look({ count: 10 });
  expect(reads.map(({ since }) => since)).toEqual([20, 10]);
  expect(value, 'the stored one is forbidden').toEqual({ n: 1 });
});

it('one that is younger needs no more than the look has told', async () => {
  const { reads, value } = await look({ count: 25 });
  expect(reads.map(({ since }) => since)).toEqual([20]);
  expect(value).toEqual({ n: 2 });
});

it('who looks together is told the marks since the oldest moment of all', async () => {
  const clock = createFakeClock();
  const asked: number[] = [];
  const store = createSimulatedRedis({ clock }).connect();
  const reader = createSharedReader({
    ...{ log: createInvalidationLog(), clock, onReincarnation: () => undefined },
    tier: {
      available: true,
      linked: () => undefined,
      requestBudget: () => ({ leftMs: 50 }),
      send: () => Promise.reject(new Error('not here')),
      attempt: async (operation) => ({
        value: await operation({
          ...store,
          read: (request) => {
            asked.push(request.since);
            return store.read(request);
          },
        }),
      }),
    },
  });
  const read = (since: number) => reader.read({ entry: undefined, tags: ['item:1'], since, budget: { leftMs: 50 } });
  await Promise.all([read(50), read(5), read(20)]);
  expect(asked).toEqual([5]);
});
