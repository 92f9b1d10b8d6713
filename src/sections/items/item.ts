import { Field, ID, InterfaceType } from 'type-graphql';

/** What every kind of item has, so that clients can handle the items of all sections alike. */
@InterfaceType({ description: 'Something that a section lists.', autoRegisterImplementations: false })
export abstract class Item {
  @Field(() => ID, { description: 'The id in the shop: 24 hexadecimal digits.' })
  id!: string;
}
