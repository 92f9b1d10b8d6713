import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What a product, store, event or offer is about.', simpleResolvers: true })
export class Category {
  @Field(() => ID, { description: 'The id in the shop.' })
  id!: string;

  @Field(() => String, { description: 'For people, such as "Kitchen & Dining".' })
  name!: string;

  @Field(() => String, { description: 'For addresses, such as "kitchen-dining".' })
  slug!: string;
}
