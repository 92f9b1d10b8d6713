import { expect, it } from 'vitest';
import { createPurgeQueue } from '../../../src/commands/purger/purge-queue.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { createTestLogger } from '../../support/test-logger.js';

function createFixture() {
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const purges: { tags: readonly string[]; mode: string; atMs: number }[] = [];
  const cache = { isAway: false };
  const queue = createPurgeQueue({
    cache: {
      name: 'a cache',
      purge: async (tags, mode) => {
        if (cache.isAway) throw new Error('away');
        purges.push({ tags, mode, atMs: clock.monotonic() });
      },
    },
    clock,
    logger,
  });
  return { clock, lines, purges, cache, queue };
}

it('gathers soft ones for a second, hard ones for a moment, and repeats each once', async () => {
  const { clock, purges, queue } = createFixture();
  for (let i = 0; i < 50; i++) queue.add([`section:${i % 2}`], 'soft');
  queue.add(['collection:offers'], 'hard');
  await clock.advance(60_000);
  expect(purges).toEqual([
    { tags: ['collection:offers'], mode: 'hard', atMs: 100 },
    { tags: ['section:0', 'section:1'], mode: 'soft', atMs: 1000 },
    { tags: ['collection:offers'], mode: 'hard', atMs: 2100 },
    { tags: ['section:0', 'section:1'], mode: 'soft', atMs: 3000 },
  ]);
});

it('repeats what was added while a repeat was due, from its own purge on', async () => {
  const { clock, purges, queue } = createFixture();
  queue.add(['a'], 'hard');
  await clock.advance(2050);
  queue.add(['b'], 'hard');
  await clock.advance(60_000);
  const times = (tag: string) => purges.filter(({ tags }) => tags.includes(tag)).length;
  expect([times('a'), times('b')]).toEqual([2, 2]);
});

it('purges at most once a second under a stream of soft changes', async () => {
  const { clock, purges, queue } = createFixture();
  for (let i = 0; i < 500; i++) {
    queue.add(['section:offers'], 'soft');
    await clock.advance(20);
  }
  expect(purges.length).toBeLessThanOrEqual(20);
});

it('tries again until the cache takes it, and says so once', async () => {
  const { clock, purges, cache, queue, lines } = createFixture();
  cache.isAway = true;
  queue.add(['section:offers'], 'hard');
  await clock.advance(60_000);
  queue.add(['section:events'], 'hard');
  await clock.advance(60_000);
  expect(purges).toEqual([]);
  cache.isAway = false;
  await clock.advance(20_000);
  expect(new Set(purges[0]?.tags)).toEqual(new Set(['section:offers', 'section:events']));
  expect(lines.filter(({ level }) => level === 'WARN')).toHaveLength(1);
  expect(lines.filter(({ message }) => message === 'purging again')).toHaveLength(1);
});

it('does nothing after its end', async () => {
  const { clock, purges, queue } = createFixture();
  queue.add(['a'], 'hard');
  queue.close();
  queue.add(['b'], 'hard');
  await clock.advance(60_000);
  expect(purges).toEqual([]);
});
