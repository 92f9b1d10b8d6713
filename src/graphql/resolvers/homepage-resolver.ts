import type { GraphQLResolveInfo } from 'graphql';
import { Args, ArgsType, Ctx, Field, Info, Query, Resolver } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import type { GraphqlContext } from '../context.js';
import { pageComplexity } from '../limits/complexity.js';
import { checkedArguments, LocatedListArguments } from '../schema/arguments.js';
import type { SectionIdEnum } from '../schema/section-id.js';
import { selectedFields } from './selected-sections.js';

/** The `homepage` query over a registry; its sections are all under way before any field waits. */
export function createHomepageResolver(
  registry: readonly Section[],
  sectionId: SectionIdEnum,
  homepageType: new () => object,
) {
  @ArgsType()
  class HomepageArguments extends LocatedListArguments {
    @Field(() => [sectionId], { nullable: true, description: 'Which sections; all when left out.' })
    /** Section ids, as the values of the enum are. */
    sections?: string[] | null;
  }

  @Resolver()
  class HomepageResolver {
    @Query(() => homepageType, {
      description: 'The page in one round trip. Only what is selected and asked for is loaded.',
      complexity: pageComplexity,
    })
    homepage(
      @Ctx() { homepage, scope }: GraphqlContext,
      @Info() info: GraphQLResolveInfo,
      @Args(() => HomepageArguments) { sections, ...args }: HomepageArguments,
    ): object {
      const selected = selectedFields(info);
      const page = homepage.open(scope, {
        ...checkedArguments(args),
        sections: registry.filter(({ id, key }) => selected.has(key) && (sections?.includes(id) ?? true)),
        analytics: selected.has('analytics'),
      });
      return { ...Object.fromEntries(page.sections), metadata: page.metadata, analytics: page.analytics };
    }
  }
  return HomepageResolver;
}
