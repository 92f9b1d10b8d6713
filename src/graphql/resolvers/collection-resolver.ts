import { Arg, Args, Ctx, Query, Resolver } from 'type-graphql';
import type { SectionView } from '../../page/homepage.js';
import { events } from '../../sections/events.js';
import { flashSales } from '../../sections/flash-sales.js';
import type { ItemDefinition } from '../../sections/item-definition.js';
import { justForYou } from '../../sections/just-for-you.js';
import { newArrivals } from '../../sections/new-arrivals.js';
import { offers } from '../../sections/offers.js';
import { trendingStores } from '../../sections/trending-stores.js';
import type { GraphqlContext } from '../context.js';
import { listComplexity } from '../limits/complexity.js';
import { checkedArguments, ListArguments, LocatedListArguments } from '../schema/arguments.js';

const list = (description: string) => ({ description, nullable: true, complexity: listComplexity });

/** The single collections that the older endpoints serve: the same sections, one at a time. */
export function createCollectionResolver(sectionType: (item: ItemDefinition) => new () => object) {
  @Resolver()
  class CollectionResolver {
    @Query(() => sectionType(justForYou.item), list('Featured products, the same for everybody.'))
    featuredProducts(@Ctx() context: GraphqlContext, @Args(() => ListArguments) args: ListArguments) {
      const { viewer: _, ...anonymous } = context.scope;
      return context.homepage.section(anonymous, justForYou, checkedArguments(args));
    }

    @Query(() => sectionType(newArrivals.item), list('Newest products.'))
    newArrivals(@Ctx() context: GraphqlContext, @Args(() => ListArguments) args: ListArguments): Promise<SectionView> {
      return context.homepage.section(context.scope, newArrivals, checkedArguments(args));
    }

    @Query(() => sectionType(trendingStores.item), list('Featured stores.'))
    featuredStores(@Ctx() context: GraphqlContext, @Args(() => LocatedListArguments) args: LocatedListArguments) {
      return context.homepage.section(context.scope, trendingStores, checkedArguments(args));
    }

    @Query(() => sectionType(events.item), list('Featured events to come.'))
    featuredEvents(@Ctx() context: GraphqlContext, @Args(() => LocatedListArguments) args: LocatedListArguments) {
      return context.homepage.section(context.scope, events, checkedArguments(args));
    }

    @Query(() => sectionType(offers.item), list('Featured offers, or flash sales.'))
    offers(
      @Ctx() context: GraphqlContext,
      @Args(() => ListArguments) args: ListArguments,
      @Arg('flashSale', () => Boolean, { nullable: true, defaultValue: false, description: 'Flash sales instead.' })
      flashSale: boolean | null,
    ) {
      return context.homepage.section(context.scope, flashSale ? flashSales : offers, checkedArguments(args));
    }
  }
  return CollectionResolver;
}
