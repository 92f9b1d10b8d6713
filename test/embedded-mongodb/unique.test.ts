import { type Document, MongoBulkWriteError } from 'mongodb';
import { expect, test } from 'vitest';
import { errorOf, openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('unique');

test('refuses a second document with the same id or unique key, and tells which', async () => {
  const collection = scene.collection();
  await collection.createIndex({ email: 1, shop: -1 }, { unique: true });
  await collection.insertOne({ _id: 1 as never, email: 'a@b', shop: 7 });
  const byId = await errorOf(collection.insertOne({ _id: 1 as never, email: 'x' }));
  expect(byId).toMatchObject({ code: 11000, keyPattern: { _id: 1 }, keyValue: { _id: 1 } });
  const byKey = await errorOf(collection.insertOne({ email: 'a@b', shop: 7 }));
  expect(byKey).toMatchObject({ code: 11000, keyPattern: { email: 1, shop: -1 }, keyValue: { email: 'a@b', shop: 7 } });
  expect(byKey.message).toContain(
    `E11000 duplicate key error collection: ${collection.namespace} index: email_1_shop_-1 dup key: { email: "a@b", shop: 7 }`,
  );
  await collection.insertOne({ _id: 2 as never, email: 'a@b', shop: 8 });
  expect((await errorOf(collection.updateOne({ _id: 2 as never }, { $set: { shop: 7 } }))).code).toBe(11000);
  expect(await collection.countDocuments({ shop: 8 })).toBe(1);
  await collection.deleteOne({ _id: 1 as never });
  expect((await collection.updateOne({ _id: 2 as never }, { $set: { shop: 7 } })).modifiedCount).toBe(1);
});

test('missing counts as null in a unique index, and not at all in a sparse one', async () => {
  const plain = scene.collection();
  await plain.createIndex({ k: 1 }, { unique: true });
  await plain.insertOne({ a: 1 });
  expect((await errorOf(plain.insertOne({ k: null }))).code).toBe(11000);
  const sparse = scene.collection();
  await sparse.createIndex({ k: 1 }, { unique: true, sparse: true });
  await sparse.insertMany([{}, {}, { k: null }]);
  expect((await errorOf(sparse.insertOne({ k: null }))).code).toBe(11000);
});

test('a sparse index has the keys of documents in arrays, and of none that lack the field', async () => {
  const collection = scene.collection();
  await collection.createIndex({ 'l.k': 1 }, { unique: true, sparse: true });
  await collection.insertMany([{ l: [{ k: 1 }, { other: 2 }] }, { l: [{ other: 1 }] }, { l: [] }, { l: [5] }, {}]);
  expect((await errorOf(collection.insertOne({ l: [{ k: 1 }] }))).code).toBe(11000);
  expect((await errorOf(collection.insertOne({ l: { k: 1 } }))).code).toBe(11000);
  await collection.insertOne({ l: [{ k: null }] });
  expect((await errorOf(collection.insertOne({ l: { k: null } }))).code).toBe(11000);
});

test('a partial index is unique only where its filter matches', async () => {
  const collection = scene.collection();
  await collection.createIndex({ k: 1 }, { unique: true, partialFilterExpression: { active: true } });
  await collection.insertMany([{ k: 1, active: false }, { k: 1 }, { k: 1, active: true }]);
  expect((await errorOf(collection.insertOne({ k: 1, active: true }))).code).toBe(11000);
  expect((await errorOf(collection.updateOne({ active: false }, { $set: { active: true } }))).code).toBe(11000);
});

test('elements of arrays are keys of their own', async () => {
  const collection = scene.collection();
  await collection.createIndex({ tags: 1 }, { unique: true });
  await collection.insertOne({ tags: ['a', 'a', 'b'] });
  expect((await errorOf(collection.insertOne({ tags: 'b' }))).code).toBe(11000);
  await collection.insertOne({ tags: ['c'] });
});

test('goes on after an error only when unordered', async () => {
  const documents = (): Document[] => [{ _id: 1 }, { _id: 1 }, { _id: 2 }, { _id: 2 }, { _id: 3 }];
  const ordered = scene.collection();
  const first = await errorOf(ordered.insertMany(documents()));
  expect(first).toBeInstanceOf(MongoBulkWriteError);
  expect(first).toMatchObject({ code: 11000, insertedCount: 1 });
  const unordered = scene.collection();
  const second = await errorOf(unordered.insertMany(documents(), { ordered: false }));
  expect(second).toMatchObject({ insertedCount: 3 });
  expect(second.writeErrors.map(({ index }: { index: number }) => index)).toEqual([1, 3]);
});

test('makes the same index once, and refuses one that is at odds with it', async () => {
  const collection = scene.collection();
  expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
  expect(await collection.createIndex({ a: 1, b: -1 })).toBe('a_1_b_-1');
  expect((await collection.listIndexes().toArray()).map(({ name }) => name)).toEqual(['_id_', 'a_1_b_-1']);
  expect((await errorOf(collection.createIndex({ a: 1, b: -1 }, { name: 'other' }))).code).toBe(85);
  expect((await errorOf(collection.createIndex({ a: 1, b: -1 }, { unique: true }))).code).toBe(86);
  expect((await errorOf(collection.createIndex({ z: 1 }, { name: 'a_1_b_-1' }))).code).toBe(86);
  await collection.dropIndex('a_1_b_-1');
  expect((await errorOf(collection.dropIndex('a_1_b_-1'))).code).toBe(27);
  expect((await errorOf(scene.db.collection('none').listIndexes().toArray())).code).toBe(26);
});

test('refuses a unique index over documents that break it', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ k: 1 }, { k: 1 }]);
  expect((await errorOf(collection.createIndex({ k: 1 }, { unique: true }))).code).toBe(11000);
  expect(await collection.listIndexes().toArray()).toHaveLength(1);
});

test('lists collections, and forgets them when they are dropped', async () => {
  const collection = scene.collection();
  await collection.insertOne({});
  const named = { name: collection.collectionName };
  expect(await scene.db.listCollections(named).toArray()).toMatchObject([{ ...named, type: 'collection' }]);
  expect((await errorOf(scene.db.createCollection(collection.collectionName))).code).toBe(48);
  expect(await collection.drop()).toBe(true);
  expect(await scene.db.listCollections(named, { nameOnly: true }).toArray()).toEqual([]);
});
