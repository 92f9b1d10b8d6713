import { Field, Float, ID, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { SectionIdEnum } from './section-id.js';

/** How a section was served. */
const sectionStatus = { FRESH: 'FRESH', CACHED: 'CACHED', STALE: 'STALE', FAILED: 'FAILED' } as const;

registerEnumType(sectionStatus, {
  name: 'SectionStatus',
  description: 'How a section was served.',
  valuesConfig: {
    FRESH: { description: 'Read from the database for this request.' },
    CACHED: { description: 'A copy that is still fresh.' },
    STALE: { description: 'A copy that is no longer fresh: it is being renewed, or could not be.' },
    FAILED: { description: 'Not served: its field is null, and `errors` says why.' },
  },
});

/** The type `HomepageMetadata`. */
export function createMetadataType(sectionId: SectionIdEnum): new () => object {
  @ObjectType({ description: 'How one section was served.', simpleResolvers: true })
  class SectionMetadata {
    @Field(() => sectionId, { description: 'Which section.' })
    section!: string;

    @Field(() => sectionStatus, { description: 'How it was served.' })
    status!: keyof typeof sectionStatus;

    @Field(() => Float, { description: 'Milliseconds since the data was read from the database; 0 when it failed.' })
    ageMs!: number;

    @Field(() => Float, { description: 'Milliseconds that this request waited for it.' })
    durationMs!: number;
  }

  @ObjectType({ description: 'How the page was made.', simpleResolvers: true })
  class HomepageMetadata {
    @Field(() => Date, { description: 'When this answer was put together.' })
    timestamp!: Date;

    @Field(() => ID, { nullable: true, description: 'The user whose page it is; null for the anonymous page.' })
    userId?: string;

    @Field(() => String, { description: 'The same for two requests exactly when they get the same page.' })
    cacheKey!: string;

    @Field(() => Int, { description: 'Seconds for which the page stays fresh: the least of its sections.' })
    ttl!: number;

    @Field(() => Boolean, { description: 'True when no section was read for this request.' })
    fromCache!: boolean;

    @Field(() => Float, { description: 'Milliseconds from the request to this answer.' })
    executionTime!: number;

    @Field(() => Boolean, { description: 'True when a section failed.' })
    partialFailure!: boolean;

    @Field(() => [SectionMetadata], { description: 'One entry for each section that is asked for and selected.' })
    sections!: SectionMetadata[];
  }
  return HomepageMetadata;
}
