import type { Cache } from '../cache/cache.js';
import { type CachePolicy, STANDARD_TTL_SECONDS } from '../core/cache-policy.js';
import type { SourceGuards } from '../protection/source-guards.js';
import type { Location, Near, Section, Viewer } from '../sections/define-section.js';
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
  registry: readonly Section[];
  /** `CACHE_TTL`: how old an entry may get while it is renewed. Its time of freshness is scaled with it. */
  ttlSeconds: number;
  staleWhileRevalidate: boolean;
}): SectionSource {
  const { cache, read, guards, registry, ttlSeconds, staleWhileRevalidate } = options;
  const scale = ttlSeconds / STANDARD_TTL_SECONDS;
  const scaled = (policy: CachePolicy, factor: number): CachePolicy => ({
    ...policy,
    freshMs: Math.round(policy.freshMs * factor),
    staleMs: Math.round(policy.staleMs * factor),
    staleWhileRevalidate: policy.staleWhileRevalidate && staleWhileRevalidate,
  });
  const policiesOf = ({ cache: policy }: Section) => ({
    page: scaled(policy, scale),
    // A long CACHE_TTL is meant for the pages that everybody reads.
    place: scaled({ ...policy, ...PLACE_POLICY }, Math.min(scale, 1)),
  });
  /** Policies by section id: of the entries that everybody reads, and of those of a place. */
  const policies = new Map(registry.map((section) => [section.id, policiesOf(section)]));
  /** Tags of entries that no viewer owns. */
  const sharedTags = new Map(registry.map((section) => [section.id, sectionTags(section, undefined)]));

  const policyFor = (section: Section, near: Near | undefined) =>
    (policies.get(section.id) ?? policiesOf(section))[near === undefined ? 'page' : 'place'];

  return {
    present: ({ section, near: location, viewer: asking }) => {
      const { near, viewer } = used(section, location, asking);
      const policy = policyFor(section, near);
      return cache.present(entryKey(section, near, viewer), { label: section.id, policy });
    },
    get: ({ section, near: location, viewer: asking, fresh, deadline, loaders }) => {
      const { id } = section;
      const { near, viewer } = used(section, location, asking);
      return cache.get(entryKey(section, near, viewer), {
        label: id,
        tags: (viewer === undefined && sharedTags.get(id)) || sectionTags(section, viewer),
        policy: policyFor(section, near),
        load: (context) =>
          guards.run(id, (options) => read({ section, loaders: loaders(), read: options, near, viewer }), context),
        // Read by the cache only when it has to wait.
        get signal() {
          return deadline.signal;
        },
        fresh,
        ...(near === undefined ? {} : { group: 'place' }),
      });
    },
  };
}

/** What a section uses of a request. The rest is no part of its key, so that requests share its entry. */
function used({ located, scope }: Section, location: Location | undefined, asking: Viewer | undefined) {
  return {
    near: located && location && { ...location, radiusKm: location.radiusKm ?? located.radiusKm },
    viewer: scope === 'personal' ? asking : undefined,
  };
}

/** Key of an entry: all limits share one, so no limit is in it; that of a personal section always names its viewer. */
function entryKey(section: Section, near: Near | undefined, viewer: Viewer | undefined): string {
  let key = `homepage:section:${section.id}`;
  if (near !== undefined) key += `:location=${near.lng},${near.lat},${near.radiusKm}`;
  if (section.scope === 'personal') key += viewer === undefined ? ':anonymous' : `:user=${viewer.userId}`;
  return `${key}:v1`;
}
