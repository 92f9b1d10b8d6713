import 'reflect-metadata';
import type { GraphQLSchema } from 'graphql';
import { buildSchemaSync } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';
import { createCollectionResolver } from '../resolvers/collection-resolver.js';
import { createHomepageResolver } from '../resolvers/homepage-resolver.js';
import { createHomepageType } from './homepage-type.js';
import { createSectionTypes } from './section-type.js';

/** The schema over a registry of sections. */
export function createSchema(registry: readonly Section[]): GraphQLSchema {
  const sectionType = createSectionTypes(registry);
  return buildSchemaSync({
    resolvers: [
      createHomepageResolver(registry, createHomepageType(registry, sectionType)),
      createCollectionResolver(sectionType),
    ],
    // Ranges are checked by the resolvers, which report every fault at once.
    validate: false,
  });
}
