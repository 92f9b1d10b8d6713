import type { Cache } from '../cache/cache.js';
import { type CachePolicy, STANDARD_TTL_SECONDS } from '../core/cache-policy.js';
import type { SourceGuards } from '../protection/source-guards.js';
import type { Near, Section, Viewer } from '../sections/define-section.js';
import type { ReadSection } from './section-reader.js';
import type { SectionSource } from './section-source.js';
import { sectionTags } from './tags.js';

/** Serves sections from the cache, which reads those that it lacks. */
export function createCachedSource(options: {
  cache: Cache;
  read: ReadSection;
  guards: SourceGuards;
  /** `CACHE_TTL`: how old an answer may get while it is renewed. Freshness keeps its share of it. */
  ttlSeconds: number;
  staleWhileRevalidate: boolean;
}): SectionSource {
  const { cache, read, guards, ttlSeconds, staleWhileRevalidate } = options;
  const scale = ttlSeconds / STANDARD_TTL_SECONDS;
  const policyOf = ({ cache }: Section): CachePolicy => ({
    ...cache,
    freshMs: Math.round(cache.freshMs * scale),
    staleMs: Math.round(cache.staleMs * scale),
    staleWhileRevalidate: cache.staleWhileRevalidate && staleWhileRevalidate,
  });

  return {
    get: async ({ section, near, viewer, fresh, signal, loaders }) => {
      // Only what a section heeds becomes part of its key: everybody else shares its entry.
      const heeded = {
        ...(section.located && near !== undefined ? { near } : {}),
        ...(section.scope === 'personal' && viewer !== undefined ? { viewer } : {}),
      };
      const { value, ...served } = await cache.get(entryKey(section, heeded), {
        label: section.id,
        tags: sectionTags(section, heeded.viewer),
        policy: policyOf(section),
        load: (context) =>
          guards.run(section.id, (options) => read({ section, loaders, read: options, ...heeded }), context),
        signal,
        fresh,
      });
      return { data: value, ...served };
    },
  };
}

/** The key of a section's entry. An entry holds the items of every limit, so no limit is in it; a private one holds its user. */
function entryKey(section: Section, { near, viewer }: { near?: Near; viewer?: Viewer }): string {
  const parameters = [
    near && `location=${near.lng},${near.lat},${near.radiusKm}`,
    section.scope === 'personal' && (viewer ? `user=${viewer.userId}` : 'anonymous'),
  ];
  return ['homepage:section', section.id, ...parameters.filter(Boolean), 'v1'].join(':');
}
