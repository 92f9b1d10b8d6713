import { Field, Int, InterfaceType, ObjectType } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import type { ItemDefinition } from '../../sections/item-definition.js';
import { Item } from '../../sections/items/item.js';
import type { SectionIdEnum } from './section-id.js';

/** The GraphQL type of the sections with such items. */
export type SectionTypeOf = (item: ItemDefinition) => new () => object;

/** One type for each kind of item, all of which implement the interface `Section`: `ProductSection` for `Product`. */
export function createSectionTypes(registry: readonly Section[], sectionId: SectionIdEnum): SectionTypeOf {
  const section = createSectionInterface(sectionId);
  const types = new Map<ItemDefinition, new () => object>();
  for (const { item } of registry) if (!types.has(item)) types.set(item, createSectionType(item, section));
  return (item) => {
    const type = types.get(item);
    if (type === undefined) throw new TypeError(`no section of the registry has items of type ${item.type().name}`);
    return type;
  };
}

/**
 * The interface that all section types implement, so that one fragment serves them all. No field returns it: what a field
 * returns is a concrete type, for which graphql-js has nothing to resolve.
 *
 * A section has no `id`. Its list depends on arguments and viewer, and clients that normalise (Apollo, urql, Relay) take
 * objects of one type and id for one object: they would overwrite one user's list with another's.
 */
function createSectionInterface(sectionId: SectionIdEnum): abstract new () => object {
  @InterfaceType('Section', { description: 'A list of the page.', autoRegisterImplementations: false })
  abstract class SectionInterface {
    @Field(() => sectionId, { description: 'Which section of the page it is.' })
    section!: string;

    @Field(() => String, { description: 'The heading, for people.' })
    title!: string;

    @Field(() => String, { description: 'What kind of list it is, such as "products" or "recommendations".' })
    type!: string;

    @Field(() => [Item], { description: 'At most `limit` of what matches, in the order of the section.' })
    items!: Item[];

    @Field(() => Int, { description: 'How many match in all.' })
    total!: number;

    @Field(() => Boolean, { description: 'Whether more match than are listed here.' })
    hasMore!: boolean;

    @Field(() => Date, { description: 'When the list was read from the database.' })
    lastUpdated!: Date;

    @Field(() => Boolean, {
      nullable: true,
      description:
        'Whether the items lie within the radius of the location asked for; false: none does, and these are from anywhere. Null without a location.',
    })
    nearby?: boolean;
  }
  return SectionInterface;
}

function createSectionType(item: ItemDefinition, section: abstract new () => object): new () => object {
  const { name } = item.type();

  @ObjectType(`${name}Section`, {
    description: `A list of the page whose items are of the type ${name}.`,
    implements: section,
    simpleResolvers: true,
  })
  class SectionType {
    // In the place of the interface's field, in the order as well.
    @Field(() => [item.type()], { description: 'At most `limit` of what matches, in the order of the section.' })
    items!: object[];
  }
  return SectionType;
}
