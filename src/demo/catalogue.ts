import { at } from './demo-random.js';
import { slugify } from './text.js';
import { type ProductFamily, type ShopCategory, shopCategories } from './vocabulary.js';
import premiumFactors from './words/premium-factors.json' with { type: 'json' };

/** Materials that cost more than the rest of their kind, and by how much. */
const premiumFactor: Readonly<Record<string, number>> = premiumFactors;

/** The words and prices from which a product is made. */
export interface CatalogueEntry {
  name: string;
  /** The name as a piece of a path. */
  slug: string;
  /** The name without its variant, as a piece of a path. */
  imageSlug: string;
  minPrice: number;
  maxPrice: number;
  details: readonly string[];
}

const sizeOf = (family: ProductFamily) => family.nouns.length * family.materials.length * family.styles.length;

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));

/** How many names a category can make, and a step that visits each of them once before it repeats one. */
function measure(category: ShopCategory) {
  const size = category.families.reduce((sum, family) => sum + sizeOf(family), 0);
  let step = Math.floor(size * 0.618);
  while (greatestCommonDivisor(step, size) !== 1) step++;
  return { size, step };
}

const measures = shopCategories.map(measure);

function entryAt(category: ShopCategory, place: number, variant: string | undefined): CatalogueEntry {
  let rest = place;
  for (const family of category.families) {
    if (rest >= sizeOf(family)) {
      rest -= sizeOf(family);
      continue;
    }
    const { noun, minPrice, maxPrice } = at(family.nouns, rest);
    const material = at(family.materials, Math.floor(rest / family.nouns.length));
    const style = at(family.styles, Math.floor(rest / (family.nouns.length * family.materials.length)));
    const factor = premiumFactor[material] ?? 1;
    const name = `${style} ${material} ${noun}`;
    const imageSlug = slugify(name);
    return {
      name: variant === undefined ? name : `${name}, ${variant}`,
      slug: variant === undefined ? imageSlug : `${imageSlug}-${slugify(variant)}`,
      imageSlug,
      minPrice: minPrice * factor,
      maxPrice: maxPrice * factor,
      details: family.details,
    };
  }
  throw new RangeError(`no name at ${place} in ${category.name}`);
}

/**
 * The name, prices and sentences of a category's product; `offset` is where the category's names start. Within a category
 * names are unique among any thousand consecutive numbers; later ones repeat them as variants ("..., Olive").
 */
export function catalogueEntry(categoryIndex: number, number: number, offset: number): CatalogueEntry {
  const category = at(shopCategories, categoryIndex);
  const { size, step } = at(measures, categoryIndex);
  const round = Math.floor(number / size);
  const variant = round === 0 ? undefined : at(category.variants, round - 1);
  return entryAt(category, ((number % size) * step + offset) % size, variant);
}
