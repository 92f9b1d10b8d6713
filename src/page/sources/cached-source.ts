import type { HandKey } from '../../cache/at-hand.js';
import type { Cache, GetOptions } from '../../cache/cache.js';
import { type CachePolicy, STANDARD_TTL_SECONDS } from '../../core/cache-policy.js';
import type { ReferenceLoaders } from '../../loaders/references.js';
import type { SourceGuards } from '../../protection/source-guards.js';
import type { Location, Near, Section, Viewer } from '../../sections/define-section.js';
import type { ItemDefinition } from '../../sections/item-definition.js';
import { sectionTags } from '../tags.js';
import type { ReadSection } from './section-reader.js';
import type { SectionAnswers, SectionRequest, SectionSource, SectionsOfPage, SectionValue } from './section-source.js';

/**
 * An entry of a place lives minutes instead of a day: callers choose the place, so that there may be any number of such
 * entries, and few of them are asked for again.
 */
const PLACE_POLICY = { freshMs: 60_000, staleMs: 120_000, graceMs: 300_000 } as const;

/**
 * How long ago what a section refers to may have been read, in milliseconds and as a share of the section's own freshness, from
 * which it is taken off.
 */
const MAX_REFERENCE_MS = 60_000;
const REFERENCE_SHARE = 0.1;

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
      shape,
      page: { label, policy: policies.page },
      place: { label, policy: policies.place },
      // A hit makes no key of what every anonymous page asks for: joining one, and hashing it, costs more than finding its copy.
      anonymous: { name: entryKey(section, shape, undefined, undefined), label, policy: policies.page },
      // Of entries that no viewer owns.
      tags: sectionTags(section, undefined),
    };
  }
  const entries = (section: Section) => known.get(section.id) ?? entriesOf(section);

  const keyOf = (section: Section, location: Location | undefined, asking: Viewer | undefined): HandKey => {
    const { near, viewer } = used(section, location, asking);
    const { anonymous, page, place, shape } = entries(section);
    if (near === undefined && viewer === undefined) return anonymous;
    return { name: entryKey(section, shape, near, viewer), ...(near === undefined ? page : place) };
  };

  const optionsOf = ({
    section,
    near: location,
    viewer: asking,
    loaders,
  }: Omit<SectionRequest, 'fresh' | 'deadline'>) => {
    const { near, viewer } = used(section, location, asking);
    const { page, place, tags } = entries(section);
    const kind = near === undefined ? page : { ...place, group: 'place' };
    const load: GetOptions<SectionValue>['load'] = (context) => {
      const maxAgeMs = context.fresh ? 0 : Math.min(MAX_REFERENCE_MS, kind.policy.freshMs * REFERENCE_SHARE);
      return guards.run(
        section.id,
        (options) => read({ section, loaders: loaders(), read: { ...options, maxAgeMs }, near, viewer }),
        context,
      );
    };
    return {
      ...kind,
      load,
      tags: viewer === undefined ? tags : sectionTags(section, viewer),
    };
  };

  /** Asks the cache for all sections of pages at once, and gives each page its own. */
  const together = (pages: readonly SectionsOfPage[], viewer: Viewer | undefined, loaders: () => ReferenceLoaders) => {
    const asked: { section: Section; near: Location | undefined }[] = [];
    const keys: HandKey[] = [];
    for (const { sections, near } of pages) {
      for (const section of sections) {
        asked.push({ section, near });
        keys.push(keyOf(section, near, viewer));
      }
    }
    return {
      keys,
      optionsOf: (index: number): GetOptions<SectionValue> => {
        const one = asked[index];
        if (one === undefined) throw new RangeError(`${index} of ${asked.length} sections`);
        return optionsOf({ ...one, viewer, loaders });
      },
    };
  };
  const apart = (pages: readonly SectionsOfPage[], answers: SectionAnswers): SectionAnswers[] => {
    if (pages.length === 1) return [answers];
    let end = 0;
    return pages.map(({ sections }) => {
      end += sections.length;
      return answers.slice(end - sections.length, end);
    });
  };

  return {
    present: (pages, viewer, loaders) => {
      const { keys, optionsOf } = together(pages, viewer, loaders);
      const answers = cache.present(keys, optionsOf);
      return answers && apart(pages, answers);
    },
    look: (pages, viewer, loaders) => {
      const { keys, optionsOf } = together(pages, viewer, loaders);
      return cache.look(keys, optionsOf)?.then((answers) => answers && apart(pages, answers));
    },
    get: (request) => {
      const { section, near, viewer, fresh, deadline } = request;
      return cache.get(keyOf(section, near, viewer).name, {
        ...optionsOf(request),
        // Read by the cache only when it has to wait.
        get signal() {
          return deadline.signal;
        },
        fresh,
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

/**
 * Key of an entry: all limits share one, so no limit is in it; that of a personal section always names its viewer. Entries of
 * different shapes are different entries: what an older version has written is read by older ones alone.
 */
function entryKey(section: Section, shape: string, near: Near | undefined, viewer: Viewer | undefined): string {
  let key = `${shape} homepage:section:${section.id}`;
  if (near !== undefined) key += `:location=${near.lng},${near.lat},${near.radiusKm}`;
  if (section.scope === 'personal') key += viewer === undefined ? ':anonymous' : `:user=${viewer.userId}`;
  return `${key}:v1`;
}

/** The section that a key of `entryKey` is for; `other` for another key. */
export const sectionOfKey = (key: string): string => /homepage:section:(\w+)/.exec(key)?.[1] ?? 'other';
