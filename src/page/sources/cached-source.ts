import type { Cache } from '../../cache/cache.js';
import { type CachePolicy, STANDARD_TTL_SECONDS } from '../../core/cache-policy.js';
import type { SourceGuards } from '../../protection/source-guards.js';
import type { Location, Near, Section, Viewer } from '../../sections/define-section.js';
import type { ItemDefinition } from '../../sections/item-definition.js';
import { sectionTags } from '../tags.js';
import type { ReadSection } from './section-reader.js';
import type { SectionSource } from './section-source.js';

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
  /** A fingerprint of what items look like: entries of another one are never read. */
  shapeOf: (item: ItemDefinition) => string;
  /** `CACHE_TTL`: how old an entry may get while it is renewed. Its time of freshness is scaled with it. */
  ttlSeconds: number;
  staleWhileRevalidate: boolean;
}): SectionSource {
  const { cache, read, guards, registry, shapeOf, ttlSeconds, staleWhileRevalidate } = options;
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
  /** By section id, what the entries of a section have in common. */
  const known = new Map(registry.map((section) => [section.id, entriesOf(section)]));
  function entriesOf(section: Section) {
    const policies = policiesOf(section);
    const shape = shapeOf(section.item);
    const { id: label } = section;
    return {
      // A hit makes no key of what every anonymous page asks for: joining one, and hashing it, costs more than finding its copy.
      anonymousKey: entryKey(section, undefined, undefined),
      page: { label, policy: policies.page, shape },
      place: { label, policy: policies.place, shape },
      // Of entries that no viewer owns.
      tags: sectionTags(section, undefined),
    };
  }
  const named = (section: Section, near: Near | undefined, viewer: Viewer | undefined) => {
    const { anonymousKey, page, place, tags } = known.get(section.id) ?? entriesOf(section);
    const isAnonymous = near === undefined && viewer === undefined;
    const key = isAnonymous ? anonymousKey : entryKey(section, near, viewer);
    return { key, options: near === undefined ? page : place, tags };
  };

  return {
    present: ({ section, near: location, viewer: asking }) => {
      const { near, viewer } = used(section, location, asking);
      const { key, options } = named(section, near, viewer);
      return cache.present(key, options);
    },
    get: ({ section, near: location, viewer: asking, fresh, deadline, loaders }) => {
      const { id } = section;
      const { near, viewer } = used(section, location, asking);
      const { key, options, tags } = named(section, near, viewer);
      return cache.get(key, {
        ...options,
        tags: viewer === undefined ? tags : sectionTags(section, viewer),
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

/** The section that a key of `entryKey` is for, with or without the shape that the cache puts before it; `other` for another key. */
export const sectionOfKey = (key: string): string => /homepage:section:(\w+)/.exec(key)?.[1] ?? 'other';
