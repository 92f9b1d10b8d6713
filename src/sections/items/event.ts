import { Field, Float, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { GeoPoint } from './geo-point.js';
import { Item } from './item.js';
import { Presentable, Priced, presentableFields } from './presentable.js';

@Presentable
@Priced
@ObjectType({ description: 'An event that customers can go to.', implements: Item, simpleResolvers: true })
export class Event extends Item {
  @Field(() => String, { description: 'What it is called.' })
  title!: string;

  @Field(() => String, { nullable: true, description: 'A second line.' })
  subtitle?: string;

  @Field(() => String, { nullable: true, description: 'Address of a picture.' })
  image?: string;

  @Field(() => Float, {
    nullable: true,
    description: "Of a ticket, in the shop's currency, major units; 0 is free, null is not known.",
  })
  price?: number;

  @Field(() => GeoPoint, { nullable: true, description: 'Where it takes place.' })
  location?: GeoPoint;

  @Field(() => Date, { description: 'When it begins.' })
  date!: Date;

  @Field(() => String, { nullable: true, description: 'The time as the organizer puts it.' })
  time?: string;

  @Field(() => Category, { nullable: true, description: 'What it is about.' })
  category?: Category;

  @Field(() => String, { nullable: true, description: 'Who holds it.' })
  organizer?: string;

  @Field(() => Float, { nullable: true, description: 'Kilometres from the location asked for; null without one.' })
  distanceKm?: number;
}

export const eventItem: ItemDefinition = {
  type: () => Event,
  collection: 'events',
  select: [
    'title',
    'subtitle',
    'image',
    ...presentableFields,
    'price',
    'currency',
    'location',
    'date',
    'time',
    'category',
    'organizer',
  ],
  references: { category: 'categories' },
};
