import { Field, Float, ObjectType } from 'type-graphql';
import type { ItemDefinition } from '../item-definition.js';
import { Category } from './category.js';
import { Item } from './item.js';
import { Presentable, Priced, presentableFields } from './presentable.js';
import { StoreSummary } from './store.js';

@ObjectType({ description: 'How much of a product there is.', simpleResolvers: true })
export class Inventory {
  @Field(() => Float, { description: 'Pieces in stock. A Float, because shops count beyond the 32 bits of an Int.' })
  stock!: number;
}

@Presentable
@Priced
@ObjectType({ description: 'A product.', implements: Item, simpleResolvers: true })
export class Product extends Item {
  @Field(() => String, { description: 'What it is called.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'Who makes it.' })
  brand?: string;

  @Field(() => String, { nullable: true, description: 'Address of a picture.' })
  image?: string;

  @Field(() => Float, { description: "In the shop's currency, major units." })
  price!: number;

  @Field(() => Category, { nullable: true, description: 'What it is about.' })
  category?: Category;

  @Field(() => Float, { nullable: true, description: 'Mean rating, 0 to 5.' })
  rating?: number;

  @Field(() => Float, { nullable: true, description: 'Cashback in per cent of the price.' })
  cashback?: number;

  @Field(() => Inventory, { nullable: true, description: 'How much of it there is; null when the shop does not say.' })
  inventory?: Inventory;

  @Field(() => StoreSummary, { nullable: true, description: 'Who sells it.' })
  store?: StoreSummary;

  @Field(() => Date, { description: 'Since when the shop has it.' })
  createdAt!: Date;
}

export const productItem: ItemDefinition = {
  type: () => Product,
  collection: 'products',
  select: [
    'name',
    'brand',
    'image',
    ...presentableFields,
    'price',
    'currency',
    'category',
    'rating',
    'cashback',
    'inventory.stock',
    'store',
    'createdAt',
  ],
  references: { category: 'categories', store: 'stores' },
};
