import type { Change } from '../database/changes.js';
import { type CollectionName, collections } from '../database/models/collections.js';
import { collectionTag, entityTag, sectionTag, userTag } from '../page/tags.js';
import type { Section } from '../sections/define-section.js';

/** The collections whose changes are followed. */
export const followed = [
  'products',
  'stores',
  'events',
  'offers',
  'categories',
  'recommendations',
] as const satisfies CollectionName[];

/** Fields whose old values must not be shown once more: prices, and whether something is there at all. */
const hardFields: Readonly<Partial<Record<CollectionName, readonly string[]>>> = {
  products: ['price', 'isActive'],
  stores: ['isActive'],
  events: ['price', 'isActive'],
  offers: ['discountedPrice', 'originalPrice', 'metadata', 'validity', 'isActive'],
};

/** Fields that the gateway reads, but that must not flush the page: they change with every visit. */
const counters: readonly string[] = ['views'];

/** What a change makes untrue. */
export interface ChangedTags {
  soft: readonly string[];
  hard: readonly string[];
}

const nothing: ChangedTags = { soft: [], hard: [] };

/**
 * Tags for a change: the document's own, for the entries that show it, and those of the sections that choose from its
 * collection, because it may have entered, left or moved. Updates of fields that the gateway does not read give none.
 * `userId` is the owner of a recommendation, where it is known.
 */
export function changedTags(options: {
  change: Change;
  registry: readonly Section[];
  userId?: string | undefined;
}): ChangedTags {
  const { change, registry, userId } = options;
  const { type, collection, id, fields } = change;
  if (collection === undefined) return { soft: registry.map((section) => sectionTag(section.id)), hard: [] };
  if (type === 'other') return { soft: [collectionTag(collection)], hard: [] };
  const isWatched = (field: string) => field in collections[collection] && !counters.includes(field);
  if (type === 'update' && !fields.some(isWatched)) return nothing;

  const choosing = registry.filter(({ item, dependsOn }) => {
    return dependsOn.includes(collection) && !Object.values(item.references).some((to) => to === collection);
  });
  const sections = choosing.map((section) => sectionTag(section.id));
  if (collection === 'recommendations') return { soft: userId === undefined ? sections : [userTag(userId)], hard: [] };

  const own = id === undefined ? undefined : entityTag(collection, id);
  const isHard =
    type === 'delete' || type === 'replace' || fields.some((field) => hardFields[collection]?.includes(field));
  return {
    soft: [...sections, ...(own === undefined || isHard ? [] : [own])],
    hard: own !== undefined && isHard ? [own] : [],
  };
}
