import { z } from 'zod';
import { type IconName, icons } from './images/icons.js';
import citiesJson from './words/cities.json' with { type: 'json' };
import electronicsJson from './words/electronics.json' with { type: 'json' };
import eventsJson from './words/events.json' with { type: 'json' };
import gardenJson from './words/garden.json' with { type: 'json' };
import homeJson from './words/home.json' with { type: 'json' };
import leisureJson from './words/leisure.json' with { type: 'json' };
import listsJson from './words/lists.json' with { type: 'json' };
import wearJson from './words/wear.json' with { type: 'json' };

const words = z.array(z.string()).min(1);
/** Words, or the name of a list in `words/lists.json` that several categories share. */
const wordsOrListName = z.union([
  words,
  z.enum(Object.keys(listsJson) as (keyof typeof listsJson)[]).transform((name) => listsJson[name]),
]);
const icon = z.enum(Object.keys(icons) as [IconName, ...IconName[]]);

/** Products made of the same parts: each noun goes with each material and each style. */
const productFamily = z.object({
  styles: wordsOrListName,
  materials: words,
  nouns: z.array(z.object({ noun: z.string(), minPrice: z.number(), maxPrice: z.number(), icon })).min(1),
  /** Sentences that are true of every product of the family. */
  details: words,
});

/** A category of the shop, with all the words that belong to it. */
const shopCategory = z.object({
  name: z.string(),
  brands: words,
  families: z.array(productFamily).min(1),
  /** What sets one product apart from the next of the same name. */
  variants: wordsOrListName,
  /** What its stores are called, after their own name. */
  storeKinds: words,
  storeTags: words,
});

/** A kind of event; all its titles go with all its subtitles and organizers. */
const eventKind = z.object({
  /** First word of the paths of its pictures. */
  kind: z.string(),
  icon,
  /** Name of the shop category that it belongs to, if any. */
  category: z.string().optional(),
  minPrice: z.number(),
  maxPrice: z.number(),
  /** Local times of day at which it starts. */
  times: words,
  titles: words,
  subtitles: words,
  organizers: words,
});

const city = z.object({
  name: z.string(),
  /** Hours ahead of UTC, in winter. */
  utcOffsetHours: z.number(),
  /** Whether the number stands before the street ("27 Brick Lane") or after it ("Torstraße 27"). */
  numberFirst: z.boolean(),
  /** Quarters of the city: a centre, and streets that are in it. */
  districts: z.array(z.object({ name: z.string(), lng: z.number(), lat: z.number(), streets: words })).min(1),
});

export type ProductFamily = z.infer<typeof productFamily>;
export type ShopCategory = z.infer<typeof shopCategory>;
export type City = z.infer<typeof city>;

/** The categories of the demo shop; a category's index is its place here. */
export const shopCategories: readonly ShopCategory[] = z
  .array(shopCategory)
  .parse([...wearJson, ...homeJson, ...gardenJson, ...electronicsJson, ...leisureJson]);

export const eventKinds: readonly z.infer<typeof eventKind>[] = z.array(eventKind).parse(eventsJson);

export const cities: readonly City[] = z.array(city).parse(citiesJson);
