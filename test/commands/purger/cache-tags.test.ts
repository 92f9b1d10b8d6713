import { describe, expect, it } from 'vitest';
import { cacheTagsFor, everyCacheTag } from '../../../src/commands/purger/cache-tags.js';
import { cacheTag } from '../../../src/http/hooks/cache-headers.js';
import { registry } from '../../../src/sections/registry.js';

const answered = cacheTag(registry).split(',');

describe('tags to purge', () => {
  it('are those of sections and collections as they are', () => {
    const tags = registry.flatMap(({ id, dependsOn }) => [
      `section:${id}`,
      ...dependsOn.map((name) => `collection:${name}`),
    ]);
    expect(cacheTagsFor(tags, registry)).toEqual([...new Set(tags)]);
  });

  it('are the collection for a document, whose tag no answer carries', () => {
    const id = '6592008098ab454e0000007d';
    expect(cacheTagsFor([`product:${id}`, `category:${id}`], registry)).toEqual([
      'collection:products',
      'collection:categories',
    ]);
  });

  it('are none for a user, whose page no shared cache holds', () => {
    expect(cacheTagsFor(['user:6592008098ab454e0000007d'], registry)).toEqual([]);
  });

  it('are all sections when everything was invalidated', () => {
    expect(cacheTagsFor(['*'], registry)).toEqual(everyCacheTag(registry));
  });

  it('stand in the header of answers', () => {
    expect(answered).toEqual(expect.arrayContaining(everyCacheTag(registry)));
  });
});
