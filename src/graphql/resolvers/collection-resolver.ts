import { Args, Ctx, Query, Resolver } from 'type-graphql';
import type { SectionView } from '../../page/section-view.js';
import type { GraphqlContext } from '../context.js';
import { listComplexity } from '../limits/complexity.js';
import { type OlderList, olderLists } from '../operations/older-lists.js';
import { checkedArguments, ListArguments, LocatedListArguments, OfferListArguments } from '../schema/arguments.js';
import type { SectionTypeOf } from '../schema/section-type.js';

/** The older lists as query fields: the sections of the page, one at a time. */
export function createCollectionResolver(sectionTypeOf: SectionTypeOf): new () => object {
  @Resolver()
  class CollectionResolver {}
  for (const list of olderLists) addQuery(CollectionResolver.prototype, list, sectionTypeOf);
  return CollectionResolver;
}

/** Adds a method with the decorators that it would have if it were written in the class. */
function addQuery(prototype: object, list: OlderList, sectionTypeOf: SectionTypeOf): void {
  const { field, description, section } = list;
  const value = resolverOf(list);
  Object.defineProperty(prototype, field, { value });
  const options = { description, nullable: true, complexity: listComplexity };
  Query(() => sectionTypeOf(section.item), options)(prototype, field, { value });
  Ctx()(prototype, field, 0);
  Args(() => argumentsOf(list))(prototype, field, 1);
}

function argumentsOf({ section, flashSale }: OlderList): new () => ListArguments {
  if (flashSale !== undefined) return OfferListArguments;
  return section.located === undefined ? ListArguments : LocatedListArguments;
}

function resolverOf({ section, flashSale, anonymous }: OlderList) {
  return (
    { homepage, scope }: GraphqlContext,
    args: ListArguments & Partial<OfferListArguments>,
  ): Promise<SectionView> => {
    const { viewer: _, ...withoutViewer } = scope;
    const chosen = args.flashSale === true && flashSale !== undefined ? flashSale : section;
    return homepage.section(anonymous ? withoutViewer : scope, chosen, checkedArguments(args));
  };
}
