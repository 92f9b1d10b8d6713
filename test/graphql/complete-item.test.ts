import { buildSchema } from 'graphql';
import { Types } from 'mongoose';
import { describe, expect, it } from 'vitest';
import { createSchema } from '../../src/graphql/schema/build-schema.js';
import { createItemCompleter } from '../../src/graphql/schema/complete-item.js';
import { Event } from '../../src/sections/items/event.js';
import { Offer } from '../../src/sections/items/offer.js';
import { Product } from '../../src/sections/items/product.js';
import { Store } from '../../src/sections/items/store.js';
import { registry } from '../../src/sections/registry.js';

const completeItem = createItemCompleter(createSchema(registry));
const id = new Types.ObjectId('507f1f77bcf86cd799439011');
const product = {
  _id: id,
  name: 'Linen Shirt',
  brand: 'Northfold',
  image: '/a.svg',
  price: 49.9,
  inventory: { stock: 3 },
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
};

describe('item completion', () => {
  it('makes exactly the fields of the type, with id for _id, ready for JSON', () => {
    const { item } = completeItem(() => Product, {
      ...product,
      category: { _id: id, name: 'Shirts', slug: 'shirts' },
      extra: 1,
    });
    expect(item).toEqual({
      id: String(id),
      name: 'Linen Shirt',
      brand: 'Northfold',
      image: '/a.svg',
      price: 49.9,
      category: { id: String(id), name: 'Shirts', slug: 'shirts' },
      rating: null,
      cashback: null,
      inventory: { stock: 3 },
      store: null,
      createdAt: '2026-01-02T03:04:05.678Z',
      ...{ currency: null, slug: null, url: null, imageAlt: null, imageWidth: null, imageHeight: null },
    });
    expect(JSON.parse(JSON.stringify(item))).toStrictEqual(item);
  });

  it('makes JSON of what a scalar of a shop answers as an object', () => {
    const schema = buildSchema('scalar Note type Query { note: Note } type Thing { id: ID! note: Note }');
    const note = { at: new Date(0), list: [{ absent: undefined }] };
    const { item } = createItemCompleter(schema)(() => class Thing {}, { _id: id, note });
    expect(item).toStrictEqual({ id: String(id), note: { at: '1970-01-01T00:00:00.000Z', list: [{}] } });
  });

  it("takes the shop's currency for a document that names none", () => {
    const complete = createItemCompleter(createSchema(registry), { currency: 'EUR' });
    const currencyOf = (document: object) => complete(() => Product, { ...product, ...document }).item?.['currency'];
    expect([{}, { currency: null }, { currency: 'USD' }].map(currencyOf)).toEqual(['EUR', 'EUR', 'USD']);
    expect(complete(() => Store, { _id: id, name: 'A' }).item).not.toHaveProperty('currency');
  });

  it.each<[string, unknown, string, string, string]>([
    ['name', undefined, 'name', 'String', 'nothing'],
    ['_id', undefined, '_id', 'ID', 'nothing'],
    ['price', null, 'price', 'Float', 'null'],
    ['price', 'twelve', 'price', 'Float', 'text "twelve"'],
    ['price', '12.50', 'price', 'Float', 'text "12.50"'],
    ['price', true, 'price', 'Float', 'boolean true'],
    ['price', Number.NaN, 'price', 'Float', 'number NaN'],
    ['price', [1], 'price', 'Float', 'a list of 1'],
    ['price', new Date(0), 'price', 'Float', 'date 1970-01-01T00:00:00.000Z'],
    ['name', { $gt: '' }, 'name', 'String', 'a document'],
  ])('leaves out a document whose %s is %o, and says why', (field, value, where, expected, found) => {
    expect(completeItem(() => Product, { ...product, [field]: value })).toEqual({
      fault: { field: where, expected, found },
    });
  });

  it('says in which part of a document the fault is', () => {
    const complete = createItemCompleter(
      buildSchema('type Thing { id: ID! place: Place! tags: [String!]! } type Place { point: [Float!]! }'),
    );
    class Thing {}
    const thing = { _id: id, place: { point: [1, 2] }, tags: ['x'] };
    const faultOf = (fields: object) => complete(() => Thing, { ...thing, ...fields }).fault;
    expect(faultOf({})).toBeUndefined();
    expect(faultOf({ place: { point: [1, 'east'] } })).toEqual({
      field: 'place.point',
      expected: 'Float',
      found: 'text "east"',
    });
    expect(faultOf({ place: {} })).toEqual({ field: 'place.point', expected: '[Float!]', found: 'nothing' });
    expect(faultOf({ place: 'here' })).toEqual({ field: 'place', expected: 'Place', found: 'text "here"' });
    expect(faultOf({ tags: ['x', null] })).toEqual({ field: 'tags', expected: 'String', found: 'null' });
    expect(faultOf({ tags: undefined })).toEqual({ field: 'tags', expected: '[String!]', found: 'nothing' });
  });

  it.each([0, 0.005, 12, 1e15, Number.MAX_SAFE_INTEGER])('takes the price %d', (price) => {
    expect(completeItem(() => Product, { ...product, price }).item).toMatchObject({ price });
  });

  it('takes a malformed optional value for null', () => {
    expect(
      completeItem(() => Product, { ...product, rating: 'good', category: { name: 'no slug' } }).item,
    ).toMatchObject({
      rating: null,
      category: null,
    });
    for (const inventory of [undefined, 'none', { stock: 'many' }]) {
      expect(completeItem(() => Product, { ...product, inventory }).item).toMatchObject({ inventory: null });
    }
    const offer = { _id: id, title: 'a', image: 'b', discountedPrice: 1, originalPrice: 2, validity: new Date(0) };
    expect(completeItem(() => Offer, { ...offer, metadata: { flashSale: { isActive: true } } }).item).toMatchObject({
      metadata: { flashSale: null },
    });
  });

  it('takes a list with a malformed entry for null', () => {
    const store = { _id: id, name: 'a' };
    expect(completeItem(() => Store, { ...store, tags: [] }).item).toMatchObject({ tags: [], distanceKm: null });
    expect(completeItem(() => Store, { ...store, tags: ['x', null] }).item).toMatchObject({ tags: null });
    const location = { type: 'Point', coordinates: [1, 'east'] };
    expect(completeItem(() => Store, { ...store, location }).item).toMatchObject({ location: null });
  });

  it('keeps a stock beyond 32 bits', () => {
    const inventory = { stock: 5_000_000_000 };
    expect(completeItem(() => Product, { ...product, inventory }).item).toMatchObject({ inventory });
  });

  it.each([
    ['product', Product, { name: 'a', price: 1, createdAt: new Date(0) }],
    ['store', Store, { name: 'a' }],
    ['event', Event, { title: 'a', date: new Date(0) }],
    ['offer', Offer, { title: 'a', discountedPrice: 1, validity: new Date(0) }],
  ])('makes a %s of what a shop must have, and of nothing less', (_, type, fields) => {
    const least = { _id: id, ...fields };
    expect(completeItem(() => type, least).item).toMatchObject({ id: String(id) });
    for (const name of Object.keys(least)) {
      expect(completeItem(() => type, { ...least, [name]: undefined }).item, name).toBeUndefined();
    }
  });
});
