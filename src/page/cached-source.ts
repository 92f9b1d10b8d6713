import type { Cache } from '../cache/cache.js';
import { type CachePolicy, STANDARD_TTL_SECONDS } from '../core/cache-policy.js';
import type { SourceGuards } from '../protection/source-guards.js';
import type { Near, Section, Viewer } from '../sections/define-section.js';
import type { ReadSection } from './section-reader.js';
import type { SectionSource } from './section-source.js';
import { sectionTags } from './tags.js';


/**
 * An entry of a place lives minutes instead of a day: callers choose the place, so that there may be any number of such
 * entries, and few of them are asked for again.
 */
const PLACE_POLICY = { freshMs: 60_000, staleMs: 120_000, graceMs: 300_000 } as const;

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
  const policyOf = ({ cache }: Section, near: Near | undefined): CachePolicy => {
    const policy = near === undefined ? cache : { ...cache, ...PLACE_POLICY };
    // A long CACHE_TTL is meant for the pages that everybody reads.
    const factor = near === undefined ? scale : Math.min(scale, 1);
    return {
      ...policy,
      freshMs: Math.round(policy.freshMs * factor),
      staleMs: Math.round(policy.staleMs * factor),
      staleWhileRevalidate: policy.staleWhileRevalidate && staleWhileRevalidate,
    };
  };

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
        policy: policyOf(section, heeded.near),
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
