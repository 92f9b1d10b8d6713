import { enumNameOf } from '../../graphql/schema/section-id.js';
import type { PageAnalytics, PageMetadata } from '../../page/homepage.js';
import type { SectionView } from '../../page/section-view.js';
import type { Section } from '../../sections/define-section.js';

/** What a field of a section is called in REST, where the name of a section is its `id`. */
export const restName = (graphqlName: string): string => (graphqlName === 'section' ? 'id' : graphqlName);

/** A section of an executed operation, which may have been pruned, with its `id` where GraphQL has `section`. */
export function restSection(section: Section, executed: Partial<SectionView>): object {
  const { section: name, ...rest } = executed;
  return name === undefined ? rest : { id: section.id, ...rest };
}

/** Reshapes what of an executed operation names sections by the enum `SectionId`: REST names them by their ids. */
export function createReshape(registry: readonly Section[]) {
  const ids = new Map(registry.map((section) => [enumNameOf(section), section.id]));
  const idOf = (enumName: string) => ids.get(enumName) ?? enumName;
  return {
    statuses: (sections: PageMetadata['sections']) =>
      sections.map(({ section, ...status }) => ({ section: idOf(section), ...status })),
    analytics: ({ sectionViews, recommendationScore }: PageAnalytics) => ({
      sectionViews: Object.fromEntries(sectionViews.map(({ section, views }) => [idOf(section), views])),
      ...(recommendationScore === null ? {} : { recommendationScore }),
    }),
  };
}
