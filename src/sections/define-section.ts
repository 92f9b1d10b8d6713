import type { CachePolicy } from '../core/cache-policy.js';
import type { Page, ReadOptions } from '../database/collection-source.js';
import type { Sources } from '../database/connect.js';
import type { CollectionName } from '../database/models/collections.js';
import type { ItemDefinition } from './item-definition.js';

/** A point that a request asks about, in degrees (WGS 84) rounded to two decimals, and how far around it to look. */
export interface Location {
  lng: number;
  lat: number;
  /** Kilometres; each located section has its own radius when the request gives none. */
  radiusKm?: number | undefined;
}

/** The circle that a located section is narrowed to. */
export interface Near extends Location {
  radiusKm: number;
}

/** A signed-in user. */
export interface Viewer {
  /** The 24 hexadecimal digits of an ObjectId, lower case. */
  userId: string;
}

/** What a section's query finds: documents in page order, whose references are still ObjectIds. */
export interface SectionPage extends Page {
  /** Whether the documents lie within the radius; set by a located section that was given a location. */
  nearby?: boolean;
  /** By document id, how well a recommended document suits the viewer; set by a personal section. */
  scores?: Readonly<Record<string, number>>;
}

export interface LoadArguments extends Sources {
  /** The time that counts as now. */
  now: Date;
  /** How many documents to find: a few more than are ever shown, because malformed ones are left out. */
  limit: number;
  /** Given to located sections only. */
  near?: Near;
  /** To be passed to every read: the signal and the time that is left. */
  read: ReadOptions;
}

interface SectionBase {
  /** Names the section in the `sections` parameter, in errors and in metadata. */
  id: string;
  title: string;
  type: string;
  item: ItemDefinition;
  /** Collections that it reads: a change in one of them invalidates its entries. */
  dependsOn: readonly CollectionName[];
  cache: CachePolicy;
  /** Given when a location narrows the section: the radius, in kilometres, of a request that gives none. */
  located?: { readonly radiusKm: number };
  /** Field of an item with the date at which it leaves the page: no entry is fresh beyond its earliest one. */
  endsWith?: string;
}

/** A section that is the same for all viewers: its load gets no viewer. */
export interface PublicSection extends SectionBase {
  scope: 'public';
  /** A property, not a method: the parameters of methods are compared both ways, and one that needs a viewer would pass. */
  load: (args: LoadArguments) => Promise<SectionPage>;
}

/** A section that differs by signed-in viewer. */
export interface PersonalSection extends SectionBase {
  scope: 'personal';
  load: (args: LoadArguments & { viewer?: Viewer }) => Promise<SectionPage>;
}

/** A section, with the names that follow from its id. */
export type Section = (PublicSection | PersonalSection) & {
  /** GraphQL field and JSON key: `trendingStores`. */
  readonly key: string;
  /** The other spelling, accepted on input: `trending_stores`. */
  readonly snakeCase: string;
};

/** Defines a section; with its line in the registry, everything else follows from this. */
export function defineSection(definition: PublicSection | PersonalSection): Section {
  const key = definition.id.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const snakeCase = key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return Object.freeze({ ...definition, key, snakeCase });
}
