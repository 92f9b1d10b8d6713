import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { StoreSummary } from './store.js';

@ObjectType({ description: 'The flash sale that an offer takes part in.', simpleResolvers: true })
export class FlashSale {
  @Field(() => Boolean)
  isActive!: boolean;

  @Field(() => Float, { description: "In the shop's currency, major units." })
  salePrice!: number;
}

@ObjectType({ simpleResolvers: true })
export class OfferMetadata {
  @Field(() => FlashSale, { nullable: true })
  flashSale?: FlashSale;
}

@ObjectType({ description: 'An offer of a store.', simpleResolvers: true })
export class Offer {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  subtitle?: string;

  @Field(() => String)
  image!: string;

  @Field(() => OfferMetadata, { nullable: true })
  metadata?: OfferMetadata;

  @Field(() => Float, { description: "In the shop's currency, major units." })
  discountedPrice!: number;

  @Field(() => Float, { description: "In the shop's currency, major units." })
  originalPrice!: number;

  @Field(() => Float, { nullable: true, description: 'Per cent.' })
  cashbackPercentage?: number;

  @Field(() => Date, { description: 'Until when it is valid.' })
  validity!: Date;

  @Field(() => Category, { nullable: true })
  category?: Category;

  @Field(() => StoreSummary, { nullable: true })
  store?: StoreSummary;
}

export const offerItem: ItemDefinition = {
  type: () => Offer,
  collection: 'offers',
  select: [
    'title',
    'subtitle',
    'image',
    'metadata.flashSale',
    'discountedPrice',
    'originalPrice',
    'cashbackPercentage',
    'validity',
    'category',
    'store',
  ],
  references: { category: 'categories', store: 'stores' },
};
