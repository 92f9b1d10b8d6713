import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { GeoPoint } from './geo-point.js';
import { Item } from './item.js';
import { Presentable, presentableFields } from './presentable.js';

@ObjectType({ description: 'The store that a product or an offer comes from.', simpleResolvers: true })
export class StoreSummary {
  @Field(() => ID, { description: 'The id in the shop: that of the `Store`, too.' })
  id!: string;

  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Address of its logo.' })
  logo?: string;

  @Field(() => String, { nullable: true, description: 'Address of a picture.' })
  image?: string;

  @Field(() => Float, { nullable: true, description: 'Mean rating, 0 to 5.' })
  rating?: number;
}

@Presentable
@ObjectType({ description: 'A store.', implements: Item, simpleResolvers: true })
export class Store extends StoreSummary {
  @Field(() => Float, { nullable: true, description: 'Cashback in per cent of what is bought there.' })
  cashback?: number;

  @Field(() => Category, { nullable: true, description: 'What it is about.' })
  category?: Category;

  @Field(() => GeoPoint, { nullable: true, description: 'Where it is.' })
  location?: GeoPoint;

  @Field(() => [String], { nullable: true, description: 'Words by which it is known.' })
  tags?: string[];

  @Field(() => Float, { nullable: true, description: 'Kilometres from the location asked for; null without one.' })
  distanceKm?: number;
}

export const storeItem: ItemDefinition = {
  type: () => Store,
  collection: 'stores',
  select: ['name', 'logo', 'image', ...presentableFields, 'rating', 'cashback', 'category', 'location', 'tags'],
  references: { category: 'categories' },
};
