import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import type { ItemDefinition } from '../../sections/item-definition.js';
import { sectionComplexity } from '../limits/complexity.js';

@ObjectType({ description: 'How one section was served.', simpleResolvers: true })
class SectionStatus {
  @Field(() => String, { description: 'The section id.' })
  section!: string;

  @Field(() => String, { description: 'FRESH (read for this request), CACHED, STALE or FAILED.' })
  status!: string;

  @Field(() => Float, { description: 'Milliseconds since the data was read from the database.' })
  ageMs!: number;

  @Field(() => Float, { description: 'Milliseconds that this request waited for it.' })
  durationMs!: number;
}

@ObjectType({ description: 'What a page is made of.', simpleResolvers: true })
class HomepageMetadata {
  @Field(() => Date)
  timestamp!: Date;

  @Field(() => ID, { nullable: true, description: 'The user whose page it is; null for the anonymous page.' })
  userId?: string;

  @Field(() => String)
  cacheKey!: string;

  @Field(() => Int, { description: 'Seconds for which the page stays fresh.' })
  ttl!: number;

  @Field(() => Boolean, { description: 'True when no section was read for this request.' })
  fromCache!: boolean;

  @Field(() => Float, { description: 'Milliseconds.' })
  executionTime!: number;

  @Field(() => Boolean, { description: 'True when a section failed.' })
  partialFailure!: boolean;

  @Field(() => [SectionStatus], { description: 'One entry for each section asked for.' })
  sections!: SectionStatus[];
}

@ObjectType({ simpleResolvers: true })
class SectionViewCount {
  @Field(() => String, { description: 'The section id.' })
  section!: string;

  @Field(() => Int)
  views!: number;
}

@ObjectType({ description: 'How the page is used.', simpleResolvers: true })
class HomepageAnalytics {
  @Field(() => [SectionViewCount], { description: 'How often each section was served in the last 24 hours.' })
  sectionViews!: SectionViewCount[];

  @Field(() => Float, { nullable: true, description: "Mean score of this user's justForYou items." })
  recommendationScore?: number;
}

/** The `Homepage` type: a nullable field for each section of the registry, so that each fails alone. */
export function createHomepageType(
  registry: readonly Section[],
  sectionType: (item: ItemDefinition) => new () => object,
): new () => object {
  @ObjectType({
    description: 'The page: sections that were not asked for, or failed, are null.',
    simpleResolvers: true,
  })
  class Homepage {
    @Field(() => HomepageMetadata)
    metadata!: HomepageMetadata;

    @Field(() => HomepageAnalytics, { nullable: true })
    analytics?: HomepageAnalytics;
  }
  for (const { id, key, title, item } of registry) {
    const options = { nullable: true, description: title, complexity: sectionComplexity(id) };
    Field(() => sectionType(item), options)(Homepage.prototype, key);
  }
  return Homepage;
}
