import { Field, ObjectType } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import { sectionComplexity } from '../limits/complexity.js';
import { createAnalyticsType } from './analytics-type.js';
import { createMetadataType } from './metadata-type.js';
import type { SectionIdEnum } from './section-id.js';
import type { SectionTypeOf } from './section-type.js';

/** The `Homepage` type: a nullable field for each section of the registry, so that each fails alone. */
export function createHomepageType(
  registry: readonly Section[],
  sectionId: SectionIdEnum,
  sectionTypeOf: SectionTypeOf,
): new () => object {
  const metadataType = createMetadataType(sectionId);
  const analyticsType = createAnalyticsType(sectionId);

  @ObjectType({
    description: 'The page: sections that were not asked for, or failed, are null.',
    simpleResolvers: true,
  })
  class Homepage {
    @Field(() => metadataType, { description: 'How the page was made. Waits for every section.' })
    metadata!: object;

    @Field(() => analyticsType, { nullable: true, description: 'How the page is used. Waits for every section.' })
    analytics?: object;
  }
  for (const { id, key, title, item } of registry) {
    const options = { nullable: true, description: title, complexity: sectionComplexity(id) };
    Field(() => sectionTypeOf(item), options)(Homepage.prototype, key);
  }
  return Homepage;
}
