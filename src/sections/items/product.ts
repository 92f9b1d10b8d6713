import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { StoreSummary } from './store.js';

@ObjectType({ description: 'How much of a product there is.', simpleResolvers: true })
export class Inventory {
  @Field(() => Int, { description: 'Pieces in stock.' })
  stock!: number;
}

@ObjectType({ description: 'A product.', simpleResolvers: true })
export class Product {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  brand!: string;

  @Field(() => String)
  image!: string;

  @Field(() => Float, { description: "In the shop's currency, major units." })
  price!: number;

  @Field(() => Category, { nullable: true })
  category?: Category;

  @Field(() => Float, { nullable: true, description: 'Mean rating, 0 to 5.' })
  rating?: number;

  @Field(() => Float, { nullable: true, description: 'Per cent.' })
  cashback?: number;

  @Field(() => Inventory)
  inventory!: Inventory;

  @Field(() => StoreSummary, { nullable: true })
  store?: StoreSummary;

  @Field(() => Date)
  createdAt!: Date;
}

export const productItem: ItemDefinition = {
  type: () => Product,
  collection: 'products',
  select: [
    'name',
    'brand',
    'image',
    'price',
    'category',
    'rating',
    'cashback',
    'inventory.stock',
    'store',
    'createdAt',
  ],
  references: { category: 'categories', store: 'stores' },
};
