import type { Section } from '../../sections/define-section.js';
import type { ExampleOperation } from './graphiql-page.js';

/** What developers see first in GraphiQL: the page, one section for a user, and one narrowed to a place where there is such. */
export function exampleOperations(registry: readonly Section[]): ExampleOperation[] {
  const items = 'total hasMore items { id }';
  const page = registry.map(({ key }) => `    ${key} { title ${items} }`).join('\n');
  const metadata = 'metadata { fromCache partialFailure sections { section status ageMs } }';
  const personal = registry.find(({ scope }) => scope === 'personal');
  const located = registry.find((section) => section.located !== undefined);
  return [
    {
      name: 'Page',
      document: `query Page($limit: Int) {\n  homepage(limit: $limit) {\n${page}\n    ${metadata}\n  }\n}\n`,
      variables: { limit: 3 },
    },
    ...(personal === undefined
      ? []
      : [
          {
            name: 'Personal',
            document: `# With the token in "Headers": the user's own.\nquery Personal {\n  homepage(limit: 5) {\n    ${personal.key} { title ${items} }\n    metadata { userId }\n  }\n}\n`,
            variables: {},
          },
        ]),
    ...(located === undefined
      ? []
      : [
          {
            name: 'Nearby',
            document: `query Nearby($location: GeoPointInput) {\n  homepage(limit: 5, location: $location) {\n    ${located.key} { title nearby items { id distanceKm } }\n  }\n}\n`,
            variables: { location: { lng: 13.4, lat: 52.5 } },
          },
        ]),
  ];
}
