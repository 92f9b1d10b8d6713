import { type Document, Long } from 'mongodb';
import { expect, test } from 'vitest';
import { errorOf, openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('queries');

async function found(documents: Document[], filter: Document): Promise<unknown[]> {
  const collection = scene.collection();
  await collection.insertMany(documents.map((document, i) => ({ _id: i as never, ...document })));
  return (await collection.find(filter).sort({ _id: 1 }).toArray()).map(({ _id }) => _id);
}

const people = [
  { a: null },
  {},
  { a: 1 },
  { a: [] },
  { a: [null, 2] },
  { a: { b: null } },
  { a: [{ b: 1 }, {}] },
  { a: 'x' },
];

test.each<[string, Document, number[]]>([
  ['null is also found where the field is missing', { a: null }, [0, 1, 4]],
  ['$ne: null asks for a value', { a: { $ne: null } }, [2, 3, 5, 6, 7]],
  ['$exists tells null from missing', { a: { $exists: true } }, [0, 2, 3, 4, 5, 6, 7]],
  ['$exists: false', { a: { $exists: false } }, [1]],
  ['$in with null finds missing ones', { a: { $in: [null, 1] } }, [0, 1, 2, 4]],
  ['null below documents and arrays', { 'a.b': null }, [0, 1, 2, 5, 6, 7]],
  ['$type: null is only null', { a: { $type: 'null' } }, [0, 4]],
  ['ranges keep to their type', { a: { $gte: 0 } }, [2, 4]],
  ['$not turns missing into a match', { a: { $not: { $gte: 0 } } }, [0, 1, 3, 5, 6, 7]],
  ['an empty array is equal to itself alone', { a: [] }, [3]],
])('%s', async (_name, filter, expected) => {
  expect(await found(people, filter)).toEqual(expected);
});

const shops = [
  {
    tags: ['a', 'b'],
    items: [
      { q: 1, p: 9 },
      { q: 5, p: 2 },
    ],
  },
  { tags: ['b'], items: [{ q: 5, p: 9 }] },
  { tags: 'a', items: [] },
  { tags: [['a', 'b']], grid: [[1, 2], [3]] },
];

test.each<[string, Document, number[]]>([
  ['a scalar finds an array that has it', { tags: 'a' }, [0, 2]],
  ['an array finds itself, and itself inside another', { tags: ['a', 'b'] }, [0, 3]],
  ['$all', { tags: { $all: ['a', 'b'] } }, [0]],
  ['$size', { tags: { $size: 1 } }, [1, 3]],
  ['conditions on different elements', { 'items.q': 5, 'items.p': 9 }, [0, 1]],
  ['$elemMatch asks one element', { items: { $elemMatch: { q: 5, p: 9 } } }, [1]],
  ['$elemMatch on scalars', { tags: { $elemMatch: { $gt: 'a', $lt: 'c' } } }, [0, 1]],
  ['an index in a path', { 'items.1.p': 2 }, [0]],
  ['$in with a regular expression', { tags: { $in: [/^B$/i] } }, [0, 1]],
  ['$regex with options', { tags: { $regex: '^B', $options: 'i' } }, [0, 1]],
  ['$nor and $or', { $nor: [{ tags: 'a' }, { $or: [{ grid: { $exists: true } }] }] }, [1]],
  ['$expr compares fields', { $expr: { $gt: [{ $size: '$items' }, 1] } }, [0]],
])('arrays: %s', async (name, filter, expected) => {
  const documents = name.startsWith('$expr') ? shops.slice(0, 3) : shops;
  expect(await found(documents, filter)).toEqual(expected);
});

test('$mod works on int64s', async () => {
  expect(await found([{ n: Long.fromNumber(10) }, { n: 7 }, { n: 10.5 }, { n: 'x' }], { n: { $mod: [5, 0] } })).toEqual(
    [0, 2],
  );
});

const product = {
  _id: 1,
  name: 'n',
  price: 2,
  inventory: { stock: 3, place: 'x' },
  tags: [{ k: 1, v: 1 }, { k: 2, v: 2 }, 5],
  list: [1, 2, 3, 4],
};

test.each<[string, Document, Document]>([
  ['includes', { name: 1, 'inventory.stock': 1 }, { _id: 1, name: 'n', inventory: { stock: 3 } }],
  ['includes without the id', { name: 1, _id: 0 }, { name: 'n' }],
  [
    'excludes',
    { list: 0, tags: 0, inventory: { stock: 0 } },
    { _id: 1, name: 'n', price: 2, inventory: { place: 'x' } },
  ],
  ['goes into arrays, where scalars are left out', { 'tags.k': 1 }, { _id: 1, tags: [{ k: 1 }, { k: 2 }] }],
  [
    '$slice from the end',
    { list: { $slice: -2 }, tags: 0 },
    { _id: 1, name: 'n', price: 2, inventory: product.inventory, list: [3, 4] },
  ],
  ['$slice with a start', { name: 1, list: { $slice: [1, 2] } }, { _id: 1, name: 'n', list: [2, 3] }],
  ['$elemMatch takes the first', { tags: { $elemMatch: { k: { $gt: 1 } } } }, { _id: 1, tags: [{ k: 2, v: 2 }] }],
  ['only the id', { _id: 1 }, { _id: 1 }],
  ['computes', { twice: { $multiply: ['$price', 2] } }, { _id: 1, twice: 4 }],
])('projection: %s', async (_name, projection, expected) => {
  const collection = scene.collection();
  await collection.insertOne({ ...product, _id: 1 as never });
  expect(await collection.findOne({}, { projection })).toEqual(expected);
});

test('refuses projections that mix inclusion and exclusion', async () => {
  const collection = scene.collection();
  await collection.insertOne({ a: 1 });
  expect((await errorOf(collection.findOne({}, { projection: { a: 1, b: 0 } }))).code).toBe(31254);
  expect((await errorOf(collection.findOne({}, { projection: { a: 0, b: 1 } }))).code).toBe(31253);
});

test('distinct unwinds arrays and counts equal numbers once', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ v: 1 }, { v: Long.ONE }, { v: [1, 2] }, { v: null }, {}, { w: { x: 3 } }]);
  expect((await collection.distinct('v')).sort()).toEqual([1, 2, null]);
  expect(await collection.distinct('w.x', { w: { $exists: true } })).toEqual([3]);
});

test('counts between skip and limit', async () => {
  const collection = scene.collection();
  await collection.insertMany(Array.from({ length: 10 }, (_, n) => ({ n })));
  expect(await collection.countDocuments({ n: { $gte: 2 } })).toBe(8);
  expect(await collection.countDocuments({ n: { $gte: 2 } }, { skip: 3, limit: 4 })).toBe(4);
  expect(await collection.countDocuments({ n: 99 })).toBe(0);
  expect(await collection.estimatedDocumentCount()).toBe(10);
});

test('aggregates: match, unwind, group, sort, project', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { kind: 'a', n: 1, tags: ['x', 'y'] },
    { kind: 'a', n: Long.fromNumber(2), tags: ['x'] },
    { kind: 'b', n: 4.5, tags: [] },
    { n: 'none', tags: ['y'] },
  ]);
  const groups = await collection
    .aggregate([
      {
        $group: { _id: '$kind', total: { $sum: '$n' }, mean: { $avg: '$n' }, least: { $min: '$n' }, docs: { $sum: 1 } },
      },
      { $sort: { _id: 1 } },
    ])
    .toArray();
  expect(groups).toEqual([
    { _id: null, total: 0, mean: null, least: 'none', docs: 1 },
    { _id: 'a', total: 3, mean: 1.5, least: 1, docs: 2 },
    { _id: 'b', total: 4.5, mean: 4.5, least: 4.5, docs: 1 },
  ]);
  const tags = await collection
    .aggregate([
      { $unwind: '$tags' },
      { $sortByCount: '$tags' },
      { $sort: { count: -1, _id: 1 } },
      { $project: { _id: 0, tag: '$_id', count: 1 } },
    ])
    .toArray();
  expect(tags).toEqual([
    { tag: 'x', count: 2 },
    { tag: 'y', count: 2 },
  ]);
  expect(await collection.aggregate([{ $match: { kind: 'a' } }, { $count: 'n' }]).toArray()).toEqual([{ n: 2 }]);
});

test('computes documents, without the fields that are missing', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { _id: 1 as never, a: 1, b: { c: 2 } },
    { _id: 2 as never, a: 2 },
  ]);
  const pipeline = [
    { $group: { _id: { c: '$b.c' }, all: { $push: '$$ROOT' }, pair: { $first: { a: '$a', c: '$b.c' } } } },
    { $sort: { _id: -1 } },
  ];
  expect(await collection.aggregate(pipeline).toArray()).toEqual([
    { _id: { c: 2 }, all: [{ _id: 1, a: 1, b: { c: 2 } }], pair: { a: 1, c: 2 } },
    { _id: {}, all: [{ _id: 2, a: 2 }], pair: { a: 2 } },
  ]);
  const computed = await collection
    .aggregate([
      { $addFields: { 'x.y': { $ifNull: ['$b.c', 'none'] }, z: { $cond: [{ $gt: ['$a', 1] }, 'more', '$missing'] } } },
      { $unset: ['b'] },
    ])
    .toArray();
  expect(computed).toEqual([
    { _id: 1, a: 1, x: { y: 2 } },
    { _id: 2, a: 2, x: { y: 'none' }, z: 'more' },
  ]);
  const roots = await collection
    .aggregate([{ $replaceRoot: { newRoot: { $ifNull: ['$b', { only: '$_id' }] } } }])
    .toArray();
  expect(roots).toEqual([{ c: 2 }, { only: 2 }]);
});
