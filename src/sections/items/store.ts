import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { GeoPoint } from './geo-point.js';

@ObjectType({ description: 'The store that a product or an offer comes from.', simpleResolvers: true })
export class StoreSummary {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  logo!: string;

  @Field(() => String)
  image!: string;

  @Field(() => Float, { description: 'Mean rating, 0 to 5.' })
  rating!: number;
}

@ObjectType({ description: 'A store.', simpleResolvers: true })
export class Store extends StoreSummary {
  @Field(() => Float, { nullable: true, description: 'Per cent.' })
  cashback?: number;

  @Field(() => Category, { nullable: true })
  category?: Category;

  @Field(() => GeoPoint)
  location!: GeoPoint;

  @Field(() => [String])
  tags!: string[];

  @Field(() => Float, { nullable: true, description: 'Kilometres from the location asked for; null without one.' })
  distanceKm?: number;
}

export const storeItem: ItemDefinition = {
  type: () => Store,
  collection: 'stores',
  select: ['name', 'logo', 'image', 'rating', 'cashback', 'category', 'location', 'tags'],
  references: { category: 'categories' },
};
