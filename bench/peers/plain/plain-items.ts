import type { Document } from 'mongodb';
import { Ctx, Field, FieldResolver, Float, ID, Int, ObjectType, Resolver, Root } from 'type-graphql';
import type { Loaders } from '../peer-shop.js';

interface Context {
  loaders: Loaders;
}

@ObjectType()
class Category {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String) slug!: string;
}

@ObjectType()
class StoreSummary {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) logo?: string;
  @Field(() => String, { nullable: true }) image?: string;
  @Field(() => Float, { nullable: true }) rating?: number;
}

@ObjectType()
class GeoPoint {
  @Field(() => String) type!: string;
  @Field(() => [Float]) coordinates!: number[];
  @Field(() => String, { nullable: true }) address?: string;
  @Field(() => String, { nullable: true }) city?: string;
}

@ObjectType()
class Inventory {
  @Field(() => Float) stock!: number;
}

@ObjectType()
abstract class Presented {
  @Field(() => String, { nullable: true }) slug?: string;
  @Field(() => String, { nullable: true }) url?: string;
  @Field(() => String, { nullable: true }) imageAlt?: string;
  @Field(() => Int, { nullable: true }) imageWidth?: number;
  @Field(() => Int, { nullable: true }) imageHeight?: number;
}

@ObjectType()
abstract class Priced extends Presented {
  @Field(() => String, { nullable: true }) currency?: string;
}

@ObjectType()
export class Product extends Priced {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) brand?: string;
  @Field(() => String, { nullable: true }) image?: string;
  @Field(() => Float) price!: number;
  @Field(() => Float, { nullable: true }) rating?: number;
  @Field(() => Float, { nullable: true }) cashback?: number;
  @Field(() => Inventory, { nullable: true }) inventory?: Inventory;
  @Field(() => String) createdAt!: string;
}

@ObjectType()
export class Store extends Presented {
  @Field(() => ID) id!: string;
  @Field(() => String) name!: string;
  @Field(() => String, { nullable: true }) logo?: string;
  @Field(() => String, { nullable: true }) image?: string;
  @Field(() => Float, { nullable: true }) rating?: number;
  @Field(() => Float, { nullable: true }) cashback?: number;
  @Field(() => GeoPoint, { nullable: true }) location?: GeoPoint;
  @Field(() => [String], { nullable: true }) tags?: string[];
}

@ObjectType()
export class Event extends Priced {
  @Field(() => ID) id!: string;
  @Field(() => String) title!: string;
  @Field(() => String, { nullable: true }) subtitle?: string;
  @Field(() => String, { nullable: true }) image?: string;
  @Field(() => Float, { nullable: true }) price?: number;
  @Field(() => GeoPoint, { nullable: true }) location?: GeoPoint;
  @Field(() => String) date!: string;
  @Field(() => String, { nullable: true }) time?: string;
  @Field(() => String, { nullable: true }) organizer?: string;
}

@ObjectType()
class FlashSale {
  @Field(() => Boolean) isActive!: boolean;
  @Field(() => Float) salePrice!: number;
}

@ObjectType()
class OfferMetadata {
  @Field(() => FlashSale, { nullable: true }) flashSale?: FlashSale;
}

@ObjectType()
export class Offer extends Priced {
  @Field(() => ID) id!: string;
  @Field(() => String) title!: string;
  @Field(() => String, { nullable: true }) subtitle?: string;
  @Field(() => String, { nullable: true }) image?: string;
  @Field(() => OfferMetadata, { nullable: true }) metadata?: OfferMetadata;
  @Field(() => Float) discountedPrice!: number;
  @Field(() => Float, { nullable: true }) originalPrice?: number;
  @Field(() => Float, { nullable: true }) cashbackPercentage?: number;
  @Field(() => String) validity!: string;
}

const categoryOf = (item: Document, { loaders }: Context) =>
  item['category'] ? loaders.category.load(item['category']) : null;
const storeOf = (item: Document, { loaders }: Context) => (item['store'] ? loaders.store.load(item['store']) : null);

@Resolver(() => Product)
export class ProductResolver {
  @FieldResolver(() => Category, { nullable: true })
  category(@Root() product: Document, @Ctx() context: Context) {
    return categoryOf(product, context);
  }

  @FieldResolver(() => StoreSummary, { nullable: true })
  store(@Root() product: Document, @Ctx() context: Context) {
    return storeOf(product, context);
  }
}

@Resolver(() => Store)
export class StoreResolver {
  @FieldResolver(() => Category, { nullable: true })
  category(@Root() store: Document, @Ctx() context: Context) {
    return categoryOf(store, context);
  }
}

@Resolver(() => Event)
export class EventResolver {
  @FieldResolver(() => Category, { nullable: true })
  category(@Root() event: Document, @Ctx() context: Context) {
    return categoryOf(event, context);
  }
}

@Resolver(() => Offer)
export class OfferResolver {
  @FieldResolver(() => Category, { nullable: true })
  category(@Root() offer: Document, @Ctx() context: Context) {
    return categoryOf(offer, context);
  }

  @FieldResolver(() => StoreSummary, { nullable: true })
  store(@Root() offer: Document, @Ctx() context: Context) {
    return storeOf(offer, context);
  }
}
