import { MongoServerError, type ResumeToken } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type InvalidationJob, startInvalidation } from '../../src/background/follow-changes.js';
import type { Change, ChangeFeed } from '../../src/database/changes.js';
import { registry } from '../../src/sections/registry.js';
import { createFakeClock, type FakeClock } from '../support/fake-clock.js';
import { createTestLogger } from '../support/logger.js';
import { sectionsShowing, tagsOf } from '../support/sections.js';

const everything = registry.map(({ id }) => `section:${id}`);
const change = (id: string, fields = ['name']): Change => ({
  ...{ type: 'update', collection: 'products', id, fields },
  document: undefined,
});

/** A feed under the test's control. */
function createFeed() {
  let place = 0;
  let wake: (result: Change | undefined | Error) => void = () => undefined;
  const feed: ChangeFeed = {
    get resumeToken() {
      return { place };
    },
    next: () =>
      new Promise((resolve, reject) => {
        wake = (result) => (result instanceof Error ? reject(result) : resolve(result));
      }),
    close: async () => wake(undefined),
  };
  return {
    feed,
    emit: async (result: Change | undefined | Error, clock: FakeClock) => {
      place += 1;
      wake(result);
      await clock.advance(0);
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
    expect(lines.filter(({ message }) => message === 'following changes was interrupted')).toHaveLength(3);
  });

  it('makes everything stale when its place in the history is lost', async () => {
    const { clock, opened, invalidated, saved } = createFixture(
      [() => Promise.reject(serverError(286)), async () => createFeed().feed],
      { place: 3 },
    );
    await clock.advance(100);
    expect(saved).toEqual([undefined]);
    expect(invalidated[0]).toEqual(['soft', everything]);
    expect(opened[0]).toEqual({ place: 3 });
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
