import { registerEnumType } from 'type-graphql';
import type { Section } from '../../sections/define-section.js';

/** The enum `SectionId`: names in GraphQL, with the section ids as their values. */
export type SectionIdEnum = Readonly<Record<string, string>>;

/** A section's name in the enum `SectionId`: `trending_stores` is `TRENDING_STORES`. */
export const enumNameOf = ({ snakeCase }: Section): string => snakeCase.toUpperCase();

/** The enum over a registry. Resolvers take and return section ids; graphql-js translates them at the edge. */
export function createSectionId(registry: readonly Section[]): SectionIdEnum {
  const ids = Object.fromEntries(registry.map((section) => [enumNameOf(section), section.id]));
  registerEnumType(ids, {
    name: 'SectionId',
    description: 'The sections of the page.',
    valuesConfig: Object.fromEntries(
      registry.map((section) => [enumNameOf(section), { description: `The section "${section.title}".` }]),
    ),
  });
  return ids;
}
