import { Field, Float, Int, ObjectType } from 'type-graphql';
import type { SectionIdEnum } from './section-id.js';

/** The type `HomepageAnalytics`. */
export function createAnalyticsType(sectionId: SectionIdEnum): new () => object {
  @ObjectType({ description: 'How often a section was served.', simpleResolvers: true })
  class SectionViewCount {
    @Field(() => sectionId, { description: 'Which section.' })
    section!: string;

    @Field(() => Int, { description: 'How often it was served in the last 24 hours, by all gateways together.' })
    views!: number;
  }

  @ObjectType({ description: 'How the page is used.', simpleResolvers: true })
  class HomepageAnalytics {
    @Field(() => [SectionViewCount], { description: 'One entry for each section that there is.' })
    sectionViews!: SectionViewCount[];

    @Field(() => Float, {
      nullable: true,
      description: 'Mean score of the items recommended to this user; null when there are none.',
    })
    recommendationScore?: number;
  }
  return HomepageAnalytics;
}
