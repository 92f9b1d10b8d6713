import { expect, it } from 'vitest';
import type { CacheResult } from '../../../src/cache/ask.js';
import { createFragments } from '../../../src/page/fragments/fragments.js';
import { selectionOf } from '../../../src/page/fragments/selection.js';
import type { SectionValue } from '../../../src/page/sources/section-source.js';
import { registry } from '../../../src/sections/registry.js';

const [section] = registry as unknown as [(typeof registry)[number]];
const title = { key: 'title', name: 'title' };
const items = { key: 'items', name: 'items', below: selectionOf([{ key: 'n', name: 'number' }]) };
const time = { key: 'lastUpdated', name: 'lastUpdated' };

function answerOf(count: number, readAt = 0): CacheResult<SectionValue> {
  const value = { items: Array.from({ length: count }, (_, number) => ({ number, other: 'x' })), total: 30 };
  return { value, status: 'CACHED', readAt, ageMs: 0, freshForMs: 1, staleForMs: 1 };
}

it('writes what is selected, up to the limit, once for an entry', () => {
  const fragments = createFragments();
  const answer = answerOf(20);
  const fragment = fragments.of(section, answer, 2, selectionOf([items, title]));
  expect(fragment.text).toBe(`{"items":[{"n":0},{"n":1}],"title":"${section.title}"}`);
  expect(fragments.of(section, answer, 2, selectionOf([items, title]))).toBe(fragment);
  expect(fragments.of(section, answer, 3, selectionOf([items, title]))).not.toBe(fragment);
  expect(fragments.of(section, answerOf(20), 2, selectionOf([items, title]))).not.toBe(fragment);
});

it.each([
  [[time], '{}'],
  [[time, title], `{"title":"${section.title}"}`],
  [[title, time], `{"title":"${section.title}"}`],
  [[title, time, items], `{"title":"${section.title}","items":[]}`],
])('has a content without the time of reading, which is an object still', (fields, expected) => {
  const content = (readAt: number) =>
    createFragments().of(section, answerOf(0, readAt), 5, selectionOf(fields)).content();
  expect([content(0), content(60_000)]).toEqual([expected, expected]);
});

it('drops the least recently used fragment beyond its bytes, of any entry', () => {
  const fragments = createFragments({ maxBytes: 2500 });
  const answer = answerOf(20);
  const at = (limit: number) => fragments.of(section, answer, limit, selectionOf([title]));
  const [one, two] = [at(1), at(2)];
  at(3);
  expect(at(1)).toBe(one);
  at(4);
  at(5);
  expect(at(2)).not.toBe(two);
});
