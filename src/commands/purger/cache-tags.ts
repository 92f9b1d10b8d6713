import { EVERYTHING } from '../../cache/invalidation-log.js';
import { collectionTag, entityNames, sectionTag } from '../../page/tags.js';
import type { Section } from '../../sections/define-section.js';

/**
 * The `Cache-Tag`s of anonymous answers that an invalidation makes untrue. Answers name sections and collections, not documents:
 * a document's tag becomes its collection's. A user's tag becomes none, since no shared cache holds a personal answer.
 */
export function cacheTagsFor(tags: readonly string[], registry: readonly Section[]): string[] {
  return [...new Set(tags.flatMap((tag) => cacheTagsOf(tag, registry)))];
}

/** Every `Cache-Tag` that an answer may have: purging these purges every page. */
export const everyCacheTag = (registry: readonly Section[]): string[] => registry.map(({ id }) => sectionTag(id));

function cacheTagsOf(tag: string, registry: readonly Section[]): string[] {
  if (tag === EVERYTHING) return everyCacheTag(registry);
  const [kind = ''] = tag.split(':');
  if (kind === 'section' || kind === 'collection') return [tag];
  for (const section of registry) {
    const collection = section.dependsOn.find((name) => entityNames[name] === kind);
    if (collection !== undefined) return [collectionTag(collection)];
  }
  return [];
}
