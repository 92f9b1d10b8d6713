import { buildSchema } from 'graphql';
import { expect, it } from 'vitest';
import { createItemShapes } from '../../src/graphql/schema/item-shape.js';
import type { ItemDefinition } from '../../src/sections/item-definition.js';

class Thing {}
const item: ItemDefinition = { type: () => Thing, collection: 'products', select: ['name'], references: {} };
const shapeOf = (fields: string, changed: Partial<ItemDefinition> = {}) =>
  createItemShapes(buildSchema(`type Thing { id: ID! ${fields} } type Place { city: String } type Other { x: Int }`))({
    ...item,
    ...changed,
  });

it('is the same for the same items, and another for every change of what they look like', () => {
  const shape = shapeOf('name: String place: Place');
  expect(shapeOf('name: String place: Place')).toBe(shape);
  const others = [
    shapeOf('name: String! place: Place'),
    shapeOf('name: String place: Other'),
    shapeOf('name: String place: Place price: Float'),
    shapeOf('name: String place: Place', { select: ['name', 'place'] }),
    shapeOf('name: String place: Place', { references: { store: 'stores' } }),
  ];
  expect(new Set([shape, ...others]).size).toBe(6);
});

it('sees through references to types of types', () => {
  const schema = (city: string) =>
    createItemShapes(buildSchema(`type Thing { place: Place } type Place { city: ${city} }`))(item);
  expect(schema('String')).not.toBe(schema('String!'));
});

it('is another one for other values in the place of what documents lack', () => {
  const schema = buildSchema('type Thing { currency: String }');
  const [one, other] = [{ currency: 'EUR' }, { currency: 'USD' }].map((defaults) =>
    createItemShapes(schema, defaults)(item),
  );
  expect(one).not.toBe(other);
});
