import { Field, ID, ObjectType } from 'type-graphql';

@ObjectType({ description: 'What a product, store, event or offer is about.', simpleResolvers: true })
export class Category {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String)
  slug!: string;
}
