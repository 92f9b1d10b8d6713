import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import { createCollectionResolver } from '../resolvers/collection-resolver.js';
import { createHomepageResolver } from '../resolvers/homepage-resolver.js';
import { createHomepageType } from './homepage-type.js';
import { createSectionId } from './section-id.js';
import { createSectionTypes } from './section-type.js';

/** The schema over a registry of sections. */
export function createSchema(registry: readonly Section[]): GraphQLSchema {
  const sectionId = createSectionId(registry);
  const sectionTypeOf = createSectionTypes(registry, sectionId);
  const homepageType = createHomepageType(registry, sectionId, sectionTypeOf);
  const schema = buildSchemaSync({
    resolvers: [createHomepageResolver(registry, sectionId, homepageType), createCollectionResolver(sectionTypeOf)],
    // Ranges are checked by the resolvers, which report every fault at once.
    validate: false,
  });
  // type-graphql has no decorator for the root type.
  const query = schema.getQueryType();
  if (query != null)
    query.description = 'The page, and the lists that were asked for one by one before there was a page.';
  return schema;
}
