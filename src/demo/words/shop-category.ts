import type { IconName } from '../images/icons.js';

/** Products that are made of the same things: each noun goes with each material and each style. */
export interface ProductFamily {
  styles: readonly string[];
  materials: readonly string[];
  /** Noun, lowest and highest price, pictogram. */
  nouns: readonly (readonly [noun: string, minPrice: number, maxPrice: number, icon: IconName])[];
  /** Sentences that are true of everything in the family. */
  details: readonly string[];
}

/** A category of the shop, with all the words that belong to it. */
export interface ShopCategory {
  name: string;
  brands: readonly string[];
  families: readonly ProductFamily[];
  /** What sets one product apart from the next of the same name. */
  variants: readonly string[];
  /** What its stores are called, after their own name. */
  storeKinds: readonly string[];
  storeTags: readonly string[];
}
