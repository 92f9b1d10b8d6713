import { Field, ID, Int, ObjectType } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import type { ItemDefinition } from '../../sections/item-definition.js';

/** The GraphQL type of a section of such items (seed 1.3): `ProductSection` for `Product`. */
function createSectionType(item: ItemDefinition): new () => object {
  const name = item.type().name;

  @ObjectType(`${name}Section`, { simpleResolvers: true })
  class SectionType {
    @Field(() => ID, { description: 'The section id.' })
    id!: string;

    @Field(() => String)
    title!: string;

    @Field(() => String, { description: 'What kind of section it is.' })
    type!: string;

    @Field(() => [item.type()])
    items!: object[];

    @Field(() => Int, {
      description:
        'How many documents match in all, counted at most once a minute; malformed ones, which items leave out, count too.',
    })
    total!: number;

    @Field(() => Boolean, { description: 'Whether there are more than these items.' })
    hasMore!: boolean;

    @Field(() => Date, { description: 'When the data was read from the database.' })
    lastUpdated!: Date;

    @Field(() => Boolean, {
      nullable: true,
      description: 'With a location: whether the items lie within the radius. False: nothing does, these are global.',
    })
    nearby?: boolean;
  }
  return SectionType;
}

/** One section type for each kind of item. */
export function createSectionTypes(registry: readonly Section[]): (item: ItemDefinition) => new () => object {
  const types = new Map<ItemDefinition, new () => object>();
  for (const { item } of registry) if (!types.has(item)) types.set(item, createSectionType(item));
  return (item) => {
    const type = types.get(item);
    if (type === undefined) throw new TypeError(`no section of the registry has items of type ${item.type().name}`);
    return type;
  };
}
