import { Field, Float, ID, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { GeoPoint } from './geo-point.js';

@ObjectType({ description: 'An event that customers can go to.', simpleResolvers: true })
export class Event {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  title!: string;

  @Field(() => String, { nullable: true })
  subtitle?: string;

  @Field(() => String)
  image!: string;

  @Field(() => Float, { description: "In the shop's currency, major units; 0 is free." })
  price!: number;

  @Field(() => GeoPoint)
  location!: GeoPoint;

  @Field(() => Date, { description: 'When it begins.' })
  date!: Date;

  @Field(() => String, { nullable: true, description: 'The time as the organizer puts it.' })
  time?: string;

  @Field(() => Category, { nullable: true })
  category?: Category;

  @Field(() => String, { nullable: true })
  organizer?: string;

  @Field(() => Float, { nullable: true, description: 'Kilometres from the location asked for; null without one.' })
  distanceKm?: number;
}

export const eventItem: ItemDefinition = {
  type: () => Event,
  collection: 'events',
  select: ['title', 'subtitle', 'image', 'price', 'location', 'date', 'time', 'category', 'organizer'],
  references: { category: 'categories' },
};
