import fc from 'fast-check';
import {
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
} from 'graphql';
import type { Section } from '../../../src/sections/define-section.js';

/** A request for `/graphql`. */
export interface RandomOperation {
  query: string;
  variables: Record<string, unknown>;
}

/** Operations of pages, with everything by which selections differ: aliases, order, fragments, directives, variables. */
export function randomOperations(schema: GraphQLSchema, registry: readonly Section[]): fc.Arbitrary<RandomOperation> {
  const page = objectType(schema, 'Homepage');
  const sectionField = ({ key }: Section) =>
    fc
      .tuple(fieldsOf(page, key, 3), fc.constantFrom('', 'first: ', 'other: '), directive, fc.boolean())
      .map(([fields, alias, directive, inFragment]) => {
        const type = String(getNamedType(page.getFields()[key]?.type as GraphQLOutputType));
        const inner = inFragment ? `... on ${type} { ${fields} } ...Named` : fields;
        return `${alias}${key} ${directive} { ${inner} }`;
      });
  const metadata = fieldsOf(page, 'metadata', 2).map((fields) => `metadata { ${fields} }`);
  const body = fc
    .tuple(
      fc.subarray([...registry], { minLength: 1 }).chain((sections) => fc.tuple(...sections.map(sectionField))),
      fc.option(metadata),
      fc.boolean(),
      fc.boolean(),
    )
    .map(([sections, metadata, isFirst, typename]) => {
      const all = metadata === null ? sections : isFirst ? [metadata, ...sections] : [...sections, metadata];
      return [...new Map(all.map((text) => [text.split(/[ :]/)[0], text])).values(), typename ? '__typename' : ''].join(
        ' ',
      );
    });
  const args = fc.constantFrom(
    '',
    '(limit: 3)',
    '(limit: $limit)',
    '(location: $place)',
    '(limit: $limit, sections: $sections)',
    '(location: { lng: 55.27, lat: 25.2, radiusKm: 80 })',
  );
  const root = fc.tuple(args, body).map(([args, body]) => `homepage${args} { ${body} }`);
  const roots = fc.oneof(
    { weight: 4, arbitrary: root },
    fc.tuple(root, root).map(([one, other]) => `one: ${one} __typename other: ${other}`),
  );
  const variables = fc.record({
    limit: fc.integer({ min: 1, max: 20 }),
    place: fc.constantFrom(null, { lng: 55.27, lat: 25.2 }, { lng: -3.7, lat: 40.42, radiusKm: 10 }),
    sections: fc.constantFrom(null, ...registry.map(({ snakeCase }) => [snakeCase.toUpperCase()])),
    on: fc.boolean(),
  });
  return fc.tuple(roots, variables).map(([text, variables]) => {
    const body =
      `{ ${text} ...Used } fragment Named on Section { section title @include(if: $on) } fragment Used on Query ` +
      '{ __typename @skip(if: $on) never: homepage(limit: 1) @include(if: false) { offers { ...Named } } }';
    const used = Object.entries(variableTypes).filter(([name]) => body.includes(`$${name}`));
    const declared = used.map(([name, type]) => `$${name}: ${type}`).join(', ');
    return { query: `query (${declared}) ${body}`, variables };
  });
}

/** An operation may declare no variable that it does not use. */
const variableTypes = { limit: 'Int', place: 'GeoPointInput', sections: '[SectionId!]', on: 'Boolean!' };

const directive = fc.constantFrom('', '', '', '@include(if: $on)', '@skip(if: $on)');

/** Some fields of an object's field, in any order, each once. */
function fieldsOf(type: GraphQLObjectType, name: string, depth: number): fc.Arbitrary<string> {
  const named = getNamedType(type.getFields()[name]?.type as GraphQLOutputType);
  if (!isObjectType(named)) return fc.constant('');
  const fields = Object.values(named.getFields()).filter(
    ({ type: inner }) => depth > 1 || !isObjectType(getNamedType(inner)),
  );
  const field = (key: string): fc.Arbitrary<string> => {
    const inner = getNamedType(named.getFields()[key]?.type as GraphQLOutputType);
    if (!isObjectType(inner)) return fc.constant(key);
    return fieldsOf(named, key, depth - 1).map((selection) => `${key} { ${selection} }`);
  };
  return fc
    .shuffledSubarray(
      fields.map((one) => one.name),
      { minLength: Math.min(1, fields.length) },
    )
    .chain((names) => fc.tuple(...names.map(field)))
    .map((texts) => `${texts.join(' ')} __typename`);
}

function objectType(schema: GraphQLSchema, name: string): GraphQLObjectType {
  const type = schema.getType(name);
  if (!isObjectType(type)) throw new TypeError(`${name} is no object type`);
  return type;
}
