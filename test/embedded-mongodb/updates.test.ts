import { type Document, Double, Int32, Long, ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { errorOf, openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('updates');

test.each<[string, Document, Document, Document]>([
  ['$set makes the documents on the way', { a: 1 }, { $set: { 'b.c': 2, a: 3 } }, { a: 3, b: { c: 2 } }],
  ['$set pads an array', { a: [1] }, { $set: { 'a.3': 4 } }, { a: [1, null, null, 4] }],
  [
    '$unset',
    { a: { b: 1, c: 2 }, l: [1, 2] },
    { $unset: { 'a.b': '', 'l.0': '', no: '' } },
    { a: { c: 2 }, l: [null, 2] },
  ],
  [
    '$inc and $mul, missing ones too',
    { a: 1, b: 2 },
    { $inc: { a: 2, x: 5 }, $mul: { b: 3, y: 7 } },
    { a: 3, b: 6, x: 5, y: 0 },
  ],
  [
    '$min and $max compare types too',
    { a: 5, b: 5, c: 'x' },
    { $min: { a: 3, c: 9 }, $max: { b: 9 } },
    { a: 3, b: 9, c: 9 },
  ],
  ['$rename', { a: 1, b: { c: 2 } }, { $rename: { a: 'x.y', 'b.c': 'z' } }, { b: {}, x: { y: 1 }, z: 2 }],
  ['$push', { l: [1] }, { $push: { l: 2, m: 'new' } }, { l: [1, 2], m: ['new'] }],
  [
    '$push with modifiers',
    { l: [{ s: 3 }, { s: 1 }] },
    { $push: { l: { $each: [{ s: 2 }, { s: 9 }], $sort: { s: -1 }, $slice: 3 } } },
    { l: [{ s: 9 }, { s: 3 }, { s: 2 }] },
  ],
  ['$push at a position', { l: [1, 4] }, { $push: { l: { $each: [2, 3], $position: 1 } } }, { l: [1, 2, 3, 4] }],
  ['$addToSet', { l: [1, { a: 1 }] }, { $addToSet: { l: { $each: [1, { a: 1 }, 2] } } }, { l: [1, { a: 1 }, 2] }],
  ['$pop', { l: [1, 2, 3], m: [1, 2] }, { $pop: { l: 1, m: -1 } }, { l: [1, 2], m: [2] }],
  [
    '$pull by value, condition and query',
    { l: [1, 5, 9], m: [{ a: 1, b: 2 }, { a: 2 }], n: [1, 1] },
    { $pull: { l: { $gte: 5 }, m: { a: 1 }, n: 1 } },
    { l: [1], m: [{ a: 2 }], n: [] },
  ],
  ['$pullAll', { l: [1, 2, 1, 3] }, { $pullAll: { l: [1, 3] } }, { l: [2] }],
  ['$bit', { a: 12 }, { $bit: { a: { and: 10 } } }, { a: 8 }],
])('%s', async (_name, before, update, after) => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, ...before });
  expect(await collection.updateOne({ _id: 1 as never }, update)).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
  expect(await collection.findOne()).toEqual({ _id: 1, ...after });
});

test('counts only real changes as modified', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ a: 1 }, { a: 2 }, { a: 2 }]);
  expect(await collection.updateMany({}, { $set: { a: 2 } })).toMatchObject({ matchedCount: 3, modifiedCount: 1 });
  expect(await collection.updateMany({}, { $unset: { none: 1 } })).toMatchObject({ matchedCount: 3, modifiedCount: 0 });
  expect(await collection.updateMany({}, { $max: { a: 1 } })).toMatchObject({ modifiedCount: 0 });
});

test('keeps number types in arithmetic, and refuses to overflow', async () => {
  const collection = scene.collection();
  await collection.insertOne({
    int: 2_147_483_647,
    double: new Double(1),
    long: Long.fromNumber(1),
    max: Long.MAX_VALUE,
  });
  await collection.updateOne({}, { $inc: { int: 1, double: 1, long: 1 } });
  const found = await collection.findOne({}, { promoteValues: false });
  expect(found?.int).toEqual(Long.fromNumber(2_147_483_648));
  expect(found?.double).toEqual(new Double(2));
  expect(found?.long).toEqual(Long.fromNumber(2));
  expect((await errorOf(collection.updateOne({}, { $inc: { max: new Int32(1) } }))).code).toBe(2);
});

test('upserts with the equalities of the filter', async () => {
  const collection = scene.collection();
  const result = await collection.updateOne(
    { sku: 'a', 'place.row': { $eq: 3 }, price: { $gt: 5 }, $and: [{ shop: 7 }] },
    { $set: { n: 1 }, $setOnInsert: { made: true } },
    { upsert: true },
  );
  expect(result).toMatchObject({ matchedCount: 0, modifiedCount: 0, upsertedCount: 1 });
  expect(result.upsertedId).toBeInstanceOf(ObjectId);
  expect(await collection.findOne()).toEqual({
    _id: result.upsertedId,
    sku: 'a',
    place: { row: 3 },
    shop: 7,
    n: 1,
    made: true,
  });
  const again = await collection.updateOne(
    { sku: 'a' },
    { $set: { n: 2 }, $setOnInsert: { made: false } },
    { upsert: true },
  );
  expect(again).toMatchObject({ matchedCount: 1, modifiedCount: 1, upsertedCount: 0, upsertedId: null });
  expect(await collection.countDocuments({ made: true, n: 2 })).toBe(1);
});

test('replaces, keeping the id and its place', async () => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, a: 1 });
  await collection.replaceOne({ a: 1 }, { b: 2 });
  expect(await collection.findOne()).toEqual({ _id: 1, b: 2 });
  const upserted = await collection.replaceOne({ _id: 9 as never, x: 1 }, { c: 3 }, { upsert: true });
  expect(upserted.upsertedId).toBe(9);
  expect(await collection.findOne({ _id: 9 as never })).toEqual({ _id: 9, c: 3 });
});

test('finds and changes the first by a sort, and answers it before or after', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ n: 1 }, { n: 3 }, { n: 2 }]);
  const projection = { _id: 0, n: 1, hit: 1 };
  expect(await collection.findOneAndUpdate({}, { $set: { hit: 1 } }, { sort: { n: -1 }, projection })).toEqual({
    n: 3,
  });
  const after = await collection.findOneAndUpdate(
    { n: 2 },
    { $set: { hit: 1 } },
    { returnDocument: 'after', projection },
  );
  expect(after).toEqual({ n: 2, hit: 1 });
  expect(await collection.findOneAndDelete({}, { sort: { n: 1 }, projection })).toEqual({ n: 1 });
  expect(await collection.findOneAndUpdate({ n: 8 }, { $set: { x: 1 } })).toBeNull();
  const made = await collection.findOneAndUpdate(
    { n: 8 },
    { $set: { hit: 2 } },
    { upsert: true, returnDocument: 'after', projection },
  );
  expect(made).toEqual({ n: 8, hit: 2 });
  expect(await collection.countDocuments()).toBe(3);
});

test('deletes one or many', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ a: 1 }, { a: 1 }, { a: 2 }]);
  expect((await collection.deleteOne({ a: 1 })).deletedCount).toBe(1);
  expect((await collection.deleteMany({})).deletedCount).toBe(2);
  expect((await collection.deleteMany({})).deletedCount).toBe(0);
});

test('100 clients that increment at once lose nothing', async () => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, n: 0 });
  await Promise.all(Array.from({ length: 100 }, () => collection.updateOne({ _id: 1 as never }, { $inc: { n: 1 } })));
  expect((await collection.findOne())?.n).toBe(100);
});

test.each<[string, Document, number]>([
  ['another id', { $set: { _id: 2 } }, 66],
  ['the same path twice', { $set: { a: 1 }, $inc: { a: 1 } }, 40],
  ['a path and one inside it', { $set: { o: {}, 'o.x': 1 } }, 40],
  ['a path through a scalar', { $set: { 'a.b': 1 } }, 28],
  ['a path through null', { $set: { 'n.b': 1 } }, 28],
  ['a field of an array', { $set: { 'l.b': 1 } }, 28],
  ['$inc of a string', { $inc: { s: 1 } }, 14],
  ['$inc by a string', { $inc: { a: 'x' } }, 14],
  ['$push to a scalar', { $push: { a: 1 } }, 2],
  ['$pop of a scalar', { $pop: { a: 1 } }, 14],
  ['an empty path', { $set: { '': 1 } }, 56],
])('refuses to update: %s', async (_name, update, code) => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, a: 1, s: 'x', n: null, l: [1], o: {} });
  expect((await errorOf(collection.updateOne({}, update))).code).toBe(code);
  expect(await collection.findOne()).toEqual({ _id: 1, a: 1, s: 'x', n: null, l: [1], o: {} });
});
