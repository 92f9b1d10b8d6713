import { Field, Float, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { Item } from './item.js';
import { Presentable, Priced, presentableFields } from './presentable.js';
import { StoreSummary } from './store.js';

@ObjectType({ description: 'The flash sale that an offer takes part in.', simpleResolvers: true })
export class FlashSale {
  @Field(() => Boolean, { description: 'Whether it is going on.' })
  isActive!: boolean;

  @Field(() => Float, { description: "The price during the sale, in the shop's currency, major units." })
  salePrice!: number;
}

@ObjectType({ description: 'What else is known of an offer.', simpleResolvers: true })
export class OfferMetadata {
  @Field(() => FlashSale, { nullable: true, description: 'Null when it takes part in none.' })
  flashSale?: FlashSale;
}

@Presentable
@Priced
@ObjectType({ description: 'An offer of a store.', implements: Item, simpleResolvers: true })
export class Offer extends Item {
  @Field(() => String, { description: 'What it says.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'A second line.' })
  subtitle?: string;

  @Field(() => String, { nullable: true, description: 'Address of a picture.' })
  image?: string;

  @Field(() => OfferMetadata, { nullable: true, description: 'Whether it is a flash sale.' })
  metadata?: OfferMetadata;

  @Field(() => Float, { description: "What it costs now, in the shop's currency, major units." })
  discountedPrice!: number;

  @Field(() => Float, { nullable: true, description: "What it cost before, in the shop's currency, major units." })
  originalPrice?: number;

  @Field(() => Float, { nullable: true, description: 'Cashback in per cent of the price.' })
  cashbackPercentage?: number;

  @Field(() => Date, { description: 'Until when it is valid.' })
  validity!: Date;

  @Field(() => Category, { nullable: true, description: 'What it is about.' })
  category?: Category;

  @Field(() => StoreSummary, { nullable: true, description: 'Who sells it.' })
  store?: StoreSummary;
}

export const offerItem: ItemDefinition = {
  type: () => Offer,
  collection: 'offers',
  select: [
    'title',
    'subtitle',
    'image',
    ...presentableFields,
    'currency',
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
