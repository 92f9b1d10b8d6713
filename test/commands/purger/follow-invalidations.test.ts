import { expect, it } from 'vitest';
import type { RememberedInvalidations } from '../../../src/cache/redis/invalidation-history.js';
import type { SharedListener } from '../../../src/cache/shared/shared-store.js';
import { followInvalidations } from '../../../src/commands/purger/follow-invalidations.js';
import { createFakeClock } from '../../support/fake-clock.js';
import { silentLogger } from '../../support/test-logger.js';

const SECOND = 1_000_000;
const NOW = 1_800_000_000 * SECOND;
const mark = (tag: string, mode: 'soft' | 'hard', count: number) => ({ tag, mode, count });

function createFixture(first: Partial<RememberedInvalidations> = {}) {
  const clock = createFakeClock();
  const remembered = { now: NOW, floor: 0, incarnation: 'one', marks: [], ...first } as RememberedInvalidations;
  const history = { next: remembered as RememberedInvalidations | Error, asked: [] as unknown[] };
  const heard: string[] = [];
  let listener: SharedListener | undefined;
  followInvalidations({
    store: {
      open: (given) => {
        listener = given;
      },
    },
    history: {
      after: async (since) => {
        history.asked.push(since);
        if (history.next instanceof Error) throw history.next;
        return history.next;
      },
    },
    clock,
    logger: silentLogger,
    invalidated: (tags, mode) => heard.push(...tags.map((tag) => `${mode} ${tag}`)),
    invalidatedAll: (mode) => heard.push(`${mode} everything`),
  });
  if (listener === undefined) throw new Error('not opened');
  return { clock, history, heard, line: listener };
}

it('begins with what the log remembers: hard ones of a day, soft ones of five minutes', async () => {
  const { clock, history, heard, line } = createFixture({
    marks: [
      mark('product:old', 'soft', NOW - 400 * SECOND),
      mark('product:new', 'soft', NOW - 200 * SECOND),
      mark('product:gone', 'hard', NOW - 80_000 * SECOND),
    ],
  });
  line.linked();
  await clock.advance(1);
  expect(history.asked).toEqual([{ ageMicroseconds: 86_400 * SECOND }]);
  expect(heard).toEqual(['hard product:gone', 'soft product:new']);
});

it('passes on what is published', async () => {
  const { clock, heard, line } = createFixture();
  line.linked();
  await clock.advance(1);
  line.invalidated(['section:offers'], 'soft', { incarnation: 'one', count: NOW + 1 }, 'a gateway');
  expect(heard).toEqual(['soft section:offers']);
});

it('reads what it has missed while there was no link, ten seconds more than that', async () => {
  const { clock, history, heard, line } = createFixture();
  line.linked();
  await clock.advance(1);
  line.invalidated(['a'], 'soft', { incarnation: 'one', count: NOW + 60 * SECOND }, 'a gateway');
  line.unlinked();
  history.next = { now: NOW, floor: 0, incarnation: 'one', marks: [mark('missed', 'hard', NOW + 90 * SECOND)] };
  line.linked();
  await clock.advance(1);
  expect(history.asked.at(-1)).toEqual({ count: NOW + 50 * SECOND });
  expect(heard).toEqual(['soft a', 'hard missed']);
});

it.each([
  ['Redis has lost its memory', { incarnation: 'two', floor: 0 }],
  ['the log has dropped marks that it had not heard', { incarnation: 'one', floor: NOW + 1 }],
])('takes everything for invalidated when %s', async (_, lost) => {
  const { clock, history, heard, line } = createFixture();
  line.linked();
  await clock.advance(1);
  line.unlinked();
  history.next = { now: NOW, marks: [], ...lost };
  line.linked();
  await clock.advance(1);
  expect(heard).toEqual(['hard everything']);
});

it('tries again while the log cannot be read, and loses nothing by what it hears meanwhile', async () => {
  const { clock, history, heard, line } = createFixture();
  history.next = new Error('away');
  line.linked();
  await clock.advance(1);
  line.invalidated(['heard'], 'soft', { incarnation: 'one', count: NOW }, 'a gateway');
  history.next = { now: NOW, floor: 0, incarnation: 'one', marks: [mark('gone', 'hard', NOW - 3600 * SECOND)] };
  await clock.advance(1000);
  expect(history.asked.at(-1)).toEqual({ ageMicroseconds: 86_400 * SECOND });
  expect(heard).toEqual(['soft heard', 'hard gone']);
});
