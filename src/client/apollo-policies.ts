import { placeTypes } from './generated/homepage-sections.js';

/**
 * `typePolicies` for Apollo's `InMemoryCache`. Sections are values without an id, which it keeps apart by arguments on its own. Items
 * that say how far away they are differ by the place that was asked for, so they must not be shared between pages.
 */
export const typePolicies: Record<string, { keyFields: false }> = Object.fromEntries(
  placeTypes.map((type) => [type, { keyFields: false }]),
);
