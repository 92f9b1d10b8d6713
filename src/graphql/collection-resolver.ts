import { Arg, Ctx, Int, Query, Resolver } from 'type-graphql';
import type { SectionView } from '../homepage/homepage.js';
import { LIMIT } from '../homepage/limits.js';
import { events } from '../sections/events.js';
import { flashSales } from '../sections/flash-sales.js';
import type { ItemDefinition } from '../sections/item-definition.js';
import { justForYou } from '../sections/just-for-you.js';
import { newArrivals } from '../sections/new-arrivals.js';
import { offers } from '../sections/offers.js';
import { trendingStores } from '../sections/trending-stores.js';
import type { GraphqlContext } from './context.js';
import { checkedArguments, GeoPointInput } from './inputs.js';

const limitOptions = { nullable: true, defaultValue: LIMIT.default, description: 'Items, 1 to 20.' };
const freshOptions = { nullable: true, defaultValue: false, description: 'Reads through every cache.' };
const locationOptions = { nullable: true, description: 'Narrows the list to a radius.' };
const items = ({ args, childComplexity }: { args: Record<string, unknown>; childComplexity: number }) =>
  Number(args['limit'] ?? LIMIT.default) + childComplexity;

/** The single collections that the older endpoints serve (spec, section 3): the same sections, one at a time. */
export function createCollectionResolver(sectionType: (item: ItemDefinition) => new () => object) {
  @Resolver()
  class CollectionResolver {
    @Query(() => sectionType(justForYou.item), { nullable: true, complexity: items, description: 'Featured products.' })
    featuredProducts(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Arg('limit', () => Int, limitOptions) limit: number | null,
      @Arg('fresh', () => Boolean, freshOptions) fresh: boolean | null,
    ): Promise<SectionView> {
      const { viewer, ...anonymous } = scope;
      return homepage.section(anonymous, justForYou, { ...checkedArguments({ limit }), fresh: fresh === true });
    }

    @Query(() => sectionType(newArrivals.item), { nullable: true, complexity: items, description: 'Newest products.' })
    newArrivals(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Arg('limit', () => Int, limitOptions) limit: number | null,
      @Arg('fresh', () => Boolean, freshOptions) fresh: boolean | null,
    ): Promise<SectionView> {
      return homepage.section(scope, newArrivals, { ...checkedArguments({ limit }), fresh: fresh === true });
    }

    @Query(() => sectionType(trendingStores.item), {
      nullable: true,
      complexity: items,
      description: 'Featured stores.',
    })
    featuredStores(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Arg('limit', () => Int, limitOptions) limit: number | null,
      @Arg('location', () => GeoPointInput, locationOptions) location: GeoPointInput | null | undefined,
      @Arg('fresh', () => Boolean, freshOptions) fresh: boolean | null,
    ): Promise<SectionView> {
      return homepage.section(scope, trendingStores, {
        ...checkedArguments({ limit, location }),
        fresh: fresh === true,
      });
    }

    @Query(() => sectionType(events.item), {
      nullable: true,
      complexity: items,
      description: 'Featured events to come.',
    })
    featuredEvents(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Arg('limit', () => Int, limitOptions) limit: number | null,
      @Arg('location', () => GeoPointInput, locationOptions) location: GeoPointInput | null | undefined,
      @Arg('fresh', () => Boolean, freshOptions) fresh: boolean | null,
    ): Promise<SectionView> {
      return homepage.section(scope, events, { ...checkedArguments({ limit, location }), fresh: fresh === true });
    }

    @Query(() => sectionType(offers.item), { nullable: true, complexity: items, description: 'Offers.' })
    offers(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Arg('flashSale', () => Boolean, {
        nullable: true,
        defaultValue: false,
        description: 'Flash sales instead of featured offers.',
      })
      flashSale: boolean | null,
      @Arg('limit', () => Int, limitOptions) limit: number | null,
      @Arg('fresh', () => Boolean, freshOptions) fresh: boolean | null,
    ): Promise<SectionView> {
      const section = flashSale ? flashSales : offers;
      return homepage.section(scope, section, { ...checkedArguments({ limit }), fresh: fresh === true });
    }
  }
  return CollectionResolver;
}
