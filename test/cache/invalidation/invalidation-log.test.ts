import { describe, expect, it } from 'vitest';
import { createInvalidationLog, EVERYTHING } from '../../../src/cache/invalidation-log.js';

const at = (count: number, incarnation = 'i') => ({ incarnation, count });

describe('the invalidation log', () => {
  const tags = ['t'];

  it('counts an invalidation against what began before it, and against nothing else', () => {
    const log = createInvalidationLog();
    const before = { tags, asOf: log.seq, moment: undefined };
    log.note('t', 'soft');
    expect(log.judge(before)).toBe('stale');
    expect(log.judge({ ...before, asOf: log.seq })).toBe('valid');
    expect(log.judge({ ...before, tags: ['other'] })).toBe('valid');
    log.note('t', 'hard');
    expect(log.judge(before)).toBe('forbidden');
  });

  it('counts one that Redis has marked only against values of an earlier moment', () => {
    const log = createInvalidationLog();
    log.sync(at(5), 0);
    log.hear('t', 'hard', 7);
    expect(log.judge({ tags, asOf: 0, moment: at(6) })).toBe('forbidden');
    expect(log.judge({ tags, asOf: 0, moment: at(7) })).toBe('valid');
  });

  it('takes nothing away by a late message of an older one, or of the same one again', () => {
    const log = createInvalidationLog();
    log.sync(at(3), 0);
    const seq = log.note('t', 'hard');
    log.hear('t', 'hard', 4);
    expect(log.judge({ tags, asOf: 0, moment: at(5) })).toBe('forbidden');
    log.confirm('t', 'hard', seq, 6);
    const since = log.seq;
    log.hear('t', 'hard', 6);
    expect(log.seq).toBe(since);
    expect(log.judge({ tags, asOf: 0, moment: at(5) })).toBe('forbidden');
    expect(log.judge({ tags, asOf: 0, moment: at(6) })).toBe('valid');
  });

  it('hides no invalidation of another process behind one of its own that Redis has marked late', () => {
    const log = createInvalidationLog();
    log.sync(at(5), 0);
    const seq = log.note('t', 'soft');
    const value = { tags, asOf: log.seq, moment: at(5) };
    expect(log.judge(value)).toBe('valid');
    // Between 5 and 9 another process may have marked the tag: a look shows the last mark only.
    log.confirm('t', 'soft', seq, 9);
    log.hear('t', 'soft', 9);
    expect(log.judge(value)).toBe('stale');
    expect(log.judge({ tags, asOf: log.seq, moment: at(5) })).toBe('valid');
  });

  it('verifies nothing of another incarnation, of none, or older than the floor, but forbids by what it knows', () => {
    const log = createInvalidationLog();
    expect(log.judge({ tags, asOf: 0, moment: undefined }), 'there has been no Redis').toBe('valid');
    expect(log.sync(at(5), 3)).toBe(false);
    for (const moment of [undefined, at(2), at(5, 'other')]) {
      expect(log.judge({ tags, asOf: 0, moment })).toBe('unverified');
    }
    log.hear('t', 'hard', 9);
    expect(log.judge({ tags, asOf: 0, moment: at(5, 'other') })).toBe('forbidden');
    expect(log.sync(at(12, 'next'), 3), 'it says when the incarnation is another one').toBe(true);
  });

  it('counts an invalidation of everything against every value of before', () => {
    const log = createInvalidationLog();
    log.note(EVERYTHING, 'soft');
    expect(log.judge({ tags: ['unheard of'], asOf: 0, moment: undefined })).toBe('stale');
  });

  it('is bounded: what is kept is judged before the oldest tags are forgotten, and what began before counts as invalidated', () => {
    const judged: string[] = [];
    const early = { tags: ['a'], asOf: 0, moment: undefined };
    const log = createInvalidationLog({ maxTags: 10, beforeForgetting: () => judged.push(log.judge(early)) });
    for (const tag of 'abcdefghijk') log.note(tag, 'hard');
    expect(judged).toEqual(['forbidden']);
    expect(log.judge({ tags: ['other'], asOf: 0, moment: undefined })).toBe('forbidden');
    expect(log.judge({ tags: ['other'], asOf: log.seq, moment: undefined })).toBe('valid');
    expect(log.judge({ tags: ['k'], asOf: log.verifiedAsOf - 1, moment: undefined })).toBe('forbidden');
  });
});
