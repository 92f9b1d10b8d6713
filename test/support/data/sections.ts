import 'reflect-metadata';
import type { CollectionName } from '../../../src/database/models/collections.js';
import { defineSection, type Section } from '../../../src/sections/define-section.js';
import { registry } from '../../../src/sections/registry.js';

/** The ids of a whole page, in its order. */
export const sectionIds: readonly string[] = registry.map(({ id }) => id);

/** The same selection of every section of a page, for a GraphQL document: `justForYou { total } newArrivals { total } ...`. */
export const everySection = (selection: string, sections: readonly Section[] = registry): string =>
  sections.map(({ key }) => `${key} ${selection}`).join(' ');

/** The sections that show documents of a collection. */
export const sectionsShowing = (collection: CollectionName): readonly Section[] =>
  registry.filter(({ item }) => item.collection === collection);

/** The invalidation tags of sections. */
export const tagsOf = (sections: readonly Section[]): string[] => sections.map(({ id }) => `section:${id}`);

/** Another section of the same kind, under an id of its own. */
export const sectionLike = (section: Section, id: string): Section => defineSection({ ...section, id });
