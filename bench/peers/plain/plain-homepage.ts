import type { GraphQLResolveInfo } from 'graphql';
import { Arg, Ctx, Field, FieldResolver, Info, Int, ObjectType, Query, Resolver, Root } from 'type-graphql';
import type { Loaders, SectionKey, Shop } from '../peer-shop.js';
import { Event, Offer, Product, Store } from './plain-items.js';

export interface PlainContext {
  shop: Shop;
  loaders: Loaders;
}

/** The fields that all sections have. */
@ObjectType()
class SectionFields {
  @Field(() => String)
  section!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String)
  type!: string;

  @Field(() => Int)
  total!: number;

  @Field(() => Boolean)
  hasMore!: boolean;
}

@ObjectType()
class ProductSection extends SectionFields {
  @Field(() => [Product])
  items!: Product[];
}

@ObjectType()
class StoreSection extends SectionFields {
  @Field(() => [Store])
  items!: Store[];
}

@ObjectType()
class EventSection extends SectionFields {
  @Field(() => [Event])
  items!: Event[];
}

@ObjectType()
class OfferSection extends SectionFields {
  @Field(() => [Offer])
  items!: Offer[];
}

@ObjectType()
class Homepage {
  @Field(() => Int)
  limit!: number;
}

@Resolver(() => Homepage)
export class HomepageResolver {
  @Query(() => Homepage)
  homepage(@Arg('limit', () => Int, { defaultValue: 10 }) limit: number): Homepage {
    return { limit };
  }

  @FieldResolver(() => ProductSection)
  justForYou(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }

  @FieldResolver(() => ProductSection)
  newArrivals(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }

  @FieldResolver(() => StoreSection)
  trendingStores(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }

  @FieldResolver(() => EventSection)
  events(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }

  @FieldResolver(() => OfferSection)
  offers(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }

  @FieldResolver(() => OfferSection)
  flashSales(@Root() page: Homepage, @Ctx() context: PlainContext, @Info() info: GraphQLResolveInfo) {
    return read(page, context, info);
  }
}

/** A section by the name of its field. */
const read = ({ limit }: Homepage, { shop }: PlainContext, { fieldName }: GraphQLResolveInfo) =>
  shop.documents(fieldName as SectionKey, { limit });
