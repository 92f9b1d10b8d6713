import { MongoServerError, type ResumeToken } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type InvalidationJob, startInvalidation } from '../../src/background/follow-changes.js';
import type { Change, ChangeFeed } from '../../src/database/changes.js';
import { registry } from '../../src/sections/registry.js';
import { sectionsShowing, tagsOf } from '../support/data/sections.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/test-logger.js';

const everything = registry.map(({ id }) => `section:${id}`);
const change = (id: string, fields = ['name']): Change => ({
  ...{ type: 'update', collection: 'products', id, fields },
  document: undefined,
  madeAt: undefined,
});

/** A feed under the test's control. */
function createFeed() {
  let place = 0;
  const results: (Change | undefined | Error)[] = [];
  let wake = () => {};
  const feed: ChangeFeed = {
    get resumeToken() {
      return { place };
    },
    next: async () => {
      if (results.length === 0) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      place += 1;
      const result = results.shift();
      if (result instanceof Error) throw result;
      return result;
    },
    close: async () => wake(),
  };
  return {
    feed,
    emit: async (result: Change | undefined | Error, clock: FakeClock) => {
      results.push(result);
      wake();
      await clock.advance(0);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

let job: InvalidationJob | undefined;
afterEach(async () => {
  await job?.stop();
  job = undefined;
});

function createFixture(openers: ((token: ResumeToken | undefined) => Promise<ChangeFeed>)[], stored?: ResumeToken) {
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const invalidated: [string, string[]][] = [];
  const opened: (ResumeToken | undefined)[] = [];
  const saved: unknown[] = [];
  job = startInvalidation({
    open: async (token) => {
      opened.push(token);
      const opener = openers[Math.min(opened.length, openers.length) - 1];
      if (opener === undefined) throw new Error('no opener');
      return opener(token);
    },
    ownerOf: async () => undefined,
    invalidate: async (tags, mode) => {
      invalidated.push([mode, [...tags]]);
    },
    tokens: {
      load: async () => stored,
      save: async (token) => {
        saved.push(token);
      },
    },
    registry,
    clock,
    logger,
  });
  return { clock, lines, invalidated, opened, saved, job };
}

const serverError = (code: number) => new MongoServerError({ errmsg: 'no', code });

describe('the invalidation job', () => {
  it('makes everything stale when it begins with no place to go on from, and nothing when it has one', async () => {
    const first = createFixture([async () => createFeed().feed]);
    await first.job.ready;
    expect(first.invalidated).toEqual([['soft', everything]]);
    await first.job.stop();
    const second = createFixture([async () => createFeed().feed], { place: 7 });
    await second.job.ready;
    expect([second.invalidated, second.opened]).toEqual([[], [{ place: 7 }]]);
  });

  it('puts the changes of 50 ms together, and keeps its place only when they have taken effect', async () => {
    const { feed, emit } = createFeed();
    const { clock, invalidated, saved, job: running } = createFixture([async () => feed], { place: 0 });
    await running.ready;
    await emit(change('a'), clock);
    await clock.advance(30);
    await emit(change('b', ['price']), clock);
    await emit(change('a'), clock);
    expect([invalidated, saved]).toEqual([[], []]);
    await clock.advance(20);
    expect(invalidated).toEqual([
      ['hard', ['product:b']],
      ['soft', [...tagsOf(sectionsShowing('products')), 'product:a']],
    ]);
    // The place of the first of them: told twice is better than not at all.
    expect(saved).toEqual([{ place: 1 }]);
  });

  it('goes on from its place after an interruption, backing off', async () => {
    const { feed, emit } = createFeed();
    const {
      clock,
      opened,
      lines,
      job: running,
    } = createFixture(
      [
        async () => feed,
        () => Promise.reject(new Error('down')),
        () => Promise.reject(new Error('down')),
        async () => createFeed().feed,
      ],
      { place: 0 },
    );
    await running.ready;
    await emit(change('a'), clock);
    await clock.advance(50);
    await emit(new Error('broken'), clock);
    expect(opened).toHaveLength(1);
    await clock.advance(100);
    expect(opened).toEqual([{ place: 0 }, { place: 1 }]);
    await clock.advance(199);
    expect(opened).toHaveLength(2);
    await clock.advance(1);
    expect(opened).toHaveLength(3);
    await clock.advance(400);
    expect(opened).toHaveLength(4);
    // One warning for the whole interruption, and one line when it is over.
    expect(lines.filter(({ level }) => level === 'WARN').map(({ message }) => message)).toEqual([
      expect.stringContaining('changes are not followed: broken'),
    ]);
    expect(lines.at(-1)).toMatchObject({ level: 'INFO', message: 'following changes' });
  });

  it('tells how long before it was heard the last change was made, and nothing less than 0 when the clocks differ', async () => {
    const { feed, emit } = createFeed();
    const { clock, job: running } = createFixture([async () => feed], { place: 0 });
    await running.ready;
    expect(running.state()).toEqual({ state: 'following' });
    await emit({ ...change('a'), madeAt: clock.now() - 1500 }, clock);
    expect(running.state()).toEqual({ state: 'following', lagMs: 1500 });
    await emit({ ...change('b'), madeAt: clock.now() + 1500 }, clock);
    expect(running.state()).toEqual({ state: 'following', lagMs: 0 });
  });

  it('makes everything stale when its place in the history is lost', async () => {
    const { clock, opened, invalidated, saved } = createFixture(
      [() => Promise.reject(serverError(286)), async () => createFeed().feed],
      { place: 3 },
    );
    await clock.advance(100);
    expect(saved.slice(0, 1)).toEqual([undefined]);
    expect(invalidated[0]).toEqual(['soft', everything]);
    expect(opened[0]).toEqual({ place: 3 });
  });

  it('forgets only what a lost feed had: a stored place that is no more makes nothing stale before a feed stands', async () => {
    const {
      clock,
      opened,
      invalidated,
      job: running,
    } = createFixture([() => Promise.reject(serverError(286))], { place: 3 });
    await running.ready;
    await clock.advance(60_000);
    expect(opened.length).toBeGreaterThan(5);
    expect(opened.slice(1)).toEqual(opened.slice(1).map(() => undefined));
    expect(invalidated).toEqual([]);
  });

  it('makes everything stale at once when a feed that stood is lost, and once more when the next one stands', async () => {
    const { feed, emit } = createFeed();
    const {
      clock,
      opened,
      invalidated,
      saved,
      job: running,
    } = createFixture([async () => feed, async () => createFeed().feed], { place: 0 });
    await running.ready;
    await emit(change('a'), clock);
    await emit(serverError(136), clock);
    const touched = ['soft', [...tagsOf(sectionsShowing('products')), 'product:a']];
    // What was noted before the loss takes effect, and its place is not gone back to.
    expect(invalidated).toEqual([touched, ['soft', everything]]);
    expect(saved.at(-1)).toBeUndefined();
    await clock.advance(100);
    expect(opened).toEqual([{ place: 0 }, undefined]);
    expect(invalidated).toEqual([touched, ['soft', everything], ['soft', everything]]);
  });

  it.each([13, 2, 8000, 115, 136, 238, 286, 304, 1, 9999])(
    'holds nothing up when the server refuses with %i: one warning with the reason, tried again ever less often, nothing stale',
    async (code) => {
      const {
        clock,
        lines,
        opened,
        invalidated,
        job: running,
      } = createFixture([() => Promise.reject(serverError(code))]);
      await running.ready;
      expect(running.state()).toEqual({ state: 'interrupted', reason: `no (${code})` });
      await clock.advance(60_000);
      // 0.1, 0.2, ... 6.4 s, then every 10 s.
      expect(opened.length).toBeGreaterThan(10);
      expect(opened.length).toBeLessThan(14);
      expect(lines.filter(({ level }) => level === 'WARN').map(({ message }) => message)).toEqual([
        expect.stringContaining(`changes are not followed: no (${code})`),
      ]);
      expect(invalidated).toEqual([]);
    },
  );

  it('follows as soon as a server that refused allows it', async () => {
    const { clock, job: running } = createFixture([
      () => Promise.reject(serverError(13)),
      async () => createFeed().feed,
    ]);
    await clock.advance(100);
    expect(running.state()).toEqual({ state: 'following' });
  });

  it('leaves timers and sockets their turn, whatever a feed answers', async () => {
    let asked = 0;
    const { clock, job: running } = createFixture(
      [
        async () => ({
          resumeToken: { place: 1 },
          next: async () => {
            asked += 1;
            return undefined;
          },
          close: async () => undefined,
        }),
      ],
      { place: 0 },
    );
    await running.ready;
    for (let turn = 0; turn < 100; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // No news twenty times in no time: from then on it is asked four times a second.
    expect(asked).toBe(20);
    await clock.advance(1000);
    expect(asked).toBeGreaterThan(20);
    expect(asked).toBeLessThanOrEqual(100);
  });

  it('says once that there are no change streams, and leaves it at that', async () => {
    const { clock, opened, lines, job: running } = createFixture([() => Promise.reject(serverError(40_573))]);
    await running.ready;
    await clock.advance(60_000);
    expect(opened).toHaveLength(1);
    expect(lines.filter(({ level }) => level === 'WARN')).toHaveLength(1);
    expect(lines[0]?.['message']).toContain('no change streams');
  });
});
