import {
  type GraphQLArgument,
  type GraphQLEnumType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema/build-schema.js';
import { enumNameOf } from '../../src/graphql/schema/section-id.js';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const schema = createSchema(registry);
const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));

type Described = readonly [name: string, description: string | null | undefined];

/** A type, its fields or values, and their arguments. */
function described(type: GraphQLNamedType): Described[] {
  const hasFields = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  const parts = isEnumType(type) ? type.getValues() : hasFields ? Object.values(type.getFields()) : [];
  const ofParts = parts.flatMap((part): Described[] => {
    const name = `${type.name}.${part.name}`;
    const args: readonly GraphQLArgument[] = 'args' in part ? part.args : [];
    return [[name, part.description], ...args.map((arg) => [`${name}(${arg.name})`, arg.description] as const)];
  });
  return [[type.name, type.description], ...ofParts];
}

/** The type's fields that are never null. */
function requiredOf(name: string): string[] {
  const type = schema.getType(name) as GraphQLObjectType;
  return Object.values(type.getFields()).flatMap((field) => (isNonNullType(field.type) ? field.name : []));
}

describe('the schema', () => {
  it('describes every type, field, argument and enum value', () => {
    const all = types.flatMap(described);
    expect(all.length).toBeGreaterThan(types.length);
    expect(all.filter(([, description]) => !description).map(([name]) => name)).toEqual([]);
  });

  it('has one enum value and one field of the page for each section', () => {
    const sectionId = schema.getType('SectionId') as GraphQLEnumType;
    expect(sectionId.getValues().map(({ name, value }) => [name, value])).toEqual(
      registry.map((section) => [enumNameOf(section), section.id]),
    );
    const page = (schema.getType('Homepage') as GraphQLObjectType).getFields();
    for (const { key } of registry) expect(isNonNullType(page[key]?.type)).toBe(false);
  });

  it('has sections that are values: named by the enum, without an id', () => {
    const kinds = new Set(registry.map(({ item }) => `${item.type().name}Section`));
    const section = schema.getType('Section');
    if (!isInterfaceType(section)) throw new TypeError('Section is no interface');
    expect(
      schema
        .getPossibleTypes(section)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...kinds].sort());
    for (const type of [section, ...schema.getPossibleTypes(section)]) {
      const { section: name, id } = type.getFields();
      expect([String(name?.type), id]).toEqual(['SectionId!', undefined]);
    }
  });

  it('returns sections and items by their concrete types, so that nothing is resolved', () => {
    const abstract = types
      .filter(isObjectType)
      .flatMap((type) => Object.values(type.getFields()).filter((field) => isInterfaceType(getNamedType(field.type))));
    expect(abstract).toEqual([]);
    expect(types.filter(isObjectType).filter(({ isTypeOf }) => isTypeOf != null)).toEqual([]);
  });

  it.each([
    ['Product', ['id', 'name', 'price', 'createdAt']],
    ['Store', ['id', 'name']],
    ['StoreSummary', ['id', 'name']],
    ['Event', ['id', 'title', 'date']],
    ['Offer', ['id', 'title', 'discountedPrice', 'validity']],
    ['Category', ['id', 'name', 'slug']],
    ['FlashSale', ['isActive', 'salePrice']],
  ])('asks of a %s no more than a shop must have', (name, fields) => {
    expect(requiredOf(name)).toEqual(fields);
  });
});

describe('a fragment on Section', () => {
  const clock = createFakeClock();
  let shop: Shop;
  let app: TestApp;

  beforeAll(async () => {
    shop = await startShop({ now: clock.now(), products: 30 });
    app = await buildTestApp(shop.uri, { clock });
  });
  afterAll(async () => {
    await app.close();
    await shop.close();
  });

  it('serves every section', async () => {
    const sections = registry.map(({ key }) => `${key} { ...Any }`).join(' ');
    const fragment = 'fragment Any on Section { section title items { id } total hasMore lastUpdated nearby }';
    const { body } = await app.graphql(`{ homepage(limit: 1) { ${sections} } } ${fragment}`);
    expect(body.errors).toBeUndefined();
    for (const section of registry) {
      const { key, title } = section;
      const items = [{ id: expect.stringMatching(/^[0-9a-f]{24}$/) }];
      expect(body.data?.['homepage']?.[key]).toMatchObject({ section: enumNameOf(section), title, items });
    }
  });

  it('tells how each section was served, by the enums', async () => {
    const { body } = await app.graphql(
      `{ homepage(limit: 1) { ${registry.map(({ key }) => `${key} { total }`).join(' ')} metadata { sections { section status } } analytics { sectionViews { section } } } }`,
    );
    const names = registry.map(enumNameOf);
    expect(body.data?.['homepage']).toMatchObject({
      metadata: { sections: names.map((section) => ({ section, status: 'FRESH' })) },
      analytics: { sectionViews: names.map((section) => ({ section })) },
    });
  });
});
