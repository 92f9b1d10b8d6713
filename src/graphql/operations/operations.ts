import {
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  parse,
} from 'graphql';
import type { Section } from '../../sections/define-section.js';

/** The persisted operations by name, as documents; the REST endpoints execute them and nothing else. */
export type Operations = ReadonlyMap<string, DocumentNode>;

/** Fields that have no value without a location. */
const locatedFields: readonly string[] = ['distanceKm', 'nearby'];

/** The operations that the older endpoints execute: query field, and the arguments it has beside `limit` and `fresh`. */
const collectionOperations = {
  FeaturedProducts: { field: 'featuredProducts' },
  NewArrivals: { field: 'newArrivals' },
  FeaturedStores: { field: 'featuredStores', located: true },
  FeaturedEvents: { field: 'featuredEvents', located: true },
  Offers: { field: 'offers', flashSale: true },
} as const satisfies Record<string, { field: string; located?: true; flashSale?: true }>;

/** Everything that a type has, written out, in the schema's order. */
function selectionOf(type: GraphQLOutputType, located = false): string {
  const named = getNamedType(type);
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).map((field) => {
    const selection = `${field.name} ${selectionOf(field.type, located)}`;
    if (!locatedFields.includes(field.name)) return selection;
    return located ? `${field.name} @include(if: $located)` : '';
  });
  return `{ ${fields.join(' ')} }`;
}

/**
 * The source text of each operation, from the schema and the registry: `schema/operations/` holds the same.
 * `$located` says whether there is a location, because a field without a value has no place in the REST envelope.
 */
export function operationSources(schema: GraphQLSchema, registry: readonly Section[]): ReadonlyMap<string, string> {
  const typeOf = (parent: string, field: string): GraphQLOutputType => {
    const type = schema.getType(parent);
    const found = isObjectType(type) ? type.getFields()[field] : undefined;
    if (found === undefined) throw new TypeError(`the schema has no ${parent}.${field}`);
    return found.type;
  };
  const sections = registry.map(
    ({ key, located }) => `${key} ${selectionOf(typeOf('Homepage', key), located !== undefined)}`,
  );
  const homepage = `
    query Homepage(
      $sections: [SectionId!], $limit: Int = 10, $location: GeoPointInput, $located: Boolean = false,
      $fresh: Boolean = false, $includeAnalytics: Boolean = false
    ) {
      homepage(sections: $sections, limit: $limit, location: $location, fresh: $fresh) {
        ${sections.join(' ')}
        metadata ${selectionOf(typeOf('Homepage', 'metadata'))}
        analytics @include(if: $includeAnalytics) ${selectionOf(typeOf('Homepage', 'analytics'))}
      }
    }`;
  const collections = Object.entries(collectionOperations).map(([name, operation]) => {
    const located = 'located' in operation;
    const flashSale = 'flashSale' in operation;
    const variables = [
      '$limit: Int = 10, $fresh: Boolean = false',
      located && '$location: GeoPointInput, $located: Boolean = false',
      flashSale && '$flashSale: Boolean = false',
    ];
    const args = [
      'limit: $limit, fresh: $fresh',
      located && 'location: $location',
      flashSale && 'flashSale: $flashSale',
    ];
    const list = (parts: (string | false)[]) => parts.filter(Boolean).join(', ');
    const selection = selectionOf(typeOf('Query', operation.field), located);
    return [name, `query ${name}(${list(variables)}) { ${operation.field}(${list(args)}) ${selection} }`] as const;
  });
  return new Map([['Homepage', homepage], ...collections]);
}

export function createOperations(schema: GraphQLSchema, registry: readonly Section[]): Operations {
  return new Map([...operationSources(schema, registry)].map(([name, source]) => [name, parse(source)]));
}
