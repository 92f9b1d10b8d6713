import { describe, expect, it } from 'vitest';
import { createHeardInvalidations } from '../../src/cache/heard.js';

describe('what a process has heard', () => {
  const tags = ['t'];

  it('counts against what began before it, and for the others not', () => {
    const heard = createHeardInvalidations();
    const before = heard.seq;
    heard.note('t', 'soft');
    expect(heard.judge({ tags, asOf: before })).toBe('soft');
    expect(heard.judge({ tags, asOf: heard.seq })).toBe('valid');
    expect(heard.judge({ tags: ['other'], asOf: before })).toBe('valid');
    heard.note('t', 'hard');
    expect(heard.judge({ tags, asOf: before })).toBe('hard');
  });

  it('a late message about an older one does not hide one that the store does not have yet', () => {
    const heard = createHeardInvalidations();
    const dependence = { tags, asOf: heard.seq, moment: 'i:5' };
    const seq = heard.note('t', 'soft');
    heard.note('t', 'soft', 'i:4');
    expect(heard.judge(dependence)).toBe('soft');
    heard.confirm('t', 'soft', seq, 'i:6');
    expect(heard.judge(dependence)).toBe('soft');
    expect(heard.judge({ ...dependence, moment: 'i:6' })).toBe('valid');
  });

  it('messages that cross leave the later stamp', () => {
    const heard = createHeardInvalidations();
    heard.note('t', 'soft', 'i:6');
    heard.note('t', 'soft', 'i:4');
    expect(heard.judge({ tags, asOf: 0, moment: 'i:5' })).toBe('soft');
    expect(heard.judge({ tags, asOf: 0, moment: 'i:6' })).toBe('valid');
  });

  it('so does one from before the clock was lost', () => {
    const heard = createHeardInvalidations();
    for (const stamp of ['new:9', 'old:5', 'new:7']) heard.note('t', 'soft', stamp);
    expect(heard.judge({ tags, asOf: 0, moment: 'new:8' })).toBe('soft');
    expect(heard.judge({ tags, asOf: 0, moment: 'new:9' })).toBe('valid');
  });

  it('does not count against a caller who asked before anything was heard', () => {
    const heard = createHeardInvalidations();
    heard.note('t', 'hard');
    expect(heard.judgeFor(0, { tags, asOf: 0 })).toBe('valid');
    expect(heard.judgeFor(1, { tags, asOf: 0 })).toBe('hard');
  });

  it('is bounded: what was forgotten counts against everything as old as it', () => {
    const heard = createHeardInvalidations({ maxTags: 2 });
    for (const tag of ['a', 'b', 'c']) heard.note(tag, 'soft');
    expect(heard.judge({ tags: ['unrelated'], asOf: 0 })).toBe('hard');
    expect(heard.judge({ tags: ['unrelated'], asOf: 1 })).toBe('valid');
  });
});
