import type { ChangeStream, Document, Timestamp } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('changes');
const streams: ChangeStream[] = [];

afterEach(async () => {
  for (const stream of streams.splice(0)) await stream.close();
});

/** Opens a stream; it is listening when this resolves. */
async function listening(stream: ChangeStream): Promise<ChangeStream> {
  streams.push(stream);
  await stream.tryNext();
  return stream;
}

async function take(stream: ChangeStream, count: number): Promise<Document[]> {
  const events: Document[] = [];
  while (events.length < count) events.push((await stream.next()) as Document);
  return events;
}

test('tells of inserts, updates, replacements and deletes', async () => {
  const collection = scene.collection();
  await scene.db.createCollection(collection.collectionName);
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.insertOne({ _id: 1 as never, a: 1, l: [1], o: { x: 1, y: 1 } });
  await collection.updateOne(
    { _id: 1 as never },
    { $set: { 'o.x': 2, n: { m: 1 } }, $unset: { a: 1 }, $push: { l: 2 as never } },
  );
  await collection.updateOne({ _id: 1 as never }, { $set: { 'o.x': 2 } });
  await collection.replaceOne({ _id: 1 as never }, { b: 1 });
  await collection.deleteOne({ _id: 1 as never });
  const [inserted, updated, replaced, deleted] = await take(stream, 4);
  const about = { ns: { db: scene.db.databaseName, coll: collection.collectionName }, documentKey: { _id: 1 } };
  expect(inserted).toMatchObject({
    ...about,
    operationType: 'insert',
    fullDocument: { _id: 1, a: 1, l: [1], o: { x: 1, y: 1 } },
  });
  expect(inserted?.wallTime).toBeInstanceOf(Date);
  expect(updated).toMatchObject({ ...about, operationType: 'update' });
  expect(updated?.updateDescription).toMatchObject({
    updatedFields: { 'o.x': 2, n: { m: 1 }, 'l.1': 2 },
    removedFields: ['a'],
    truncatedArrays: [],
  });
  expect(updated).not.toHaveProperty('fullDocument');
  expect(replaced).toMatchObject({ ...about, operationType: 'replace', fullDocument: { _id: 1, b: 1 } });
  expect(deleted).toMatchObject({ ...about, operationType: 'delete' });
  const times = [inserted, updated, replaced, deleted].map((event) => event?.clusterTime as Timestamp);
  for (let i = 1; i < times.length; i += 1) expect(times[i]?.greaterThan(times[i - 1] as Timestamp)).toBe(true);
});

test('wakes a waiting reader at once', async () => {
  const collection = scene.collection();
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  const slow = collection.watch([], { maxAwaitTimeMS: 60_000, resumeAfter: stream.resumeToken });
  streams.push(slow);
  const waiting = slow.next();
  await collection.insertOne({ n: 1 });
  expect(await waiting).toMatchObject({ operationType: 'insert' });
});

test('looks the document up, and applies the stages that follow', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { _id: 1 as never, shop: 'a' },
    { _id: 2 as never, shop: 'b' },
  ]);
  const stages = [{ $match: { 'fullDocument.shop': 'b' } }, { $project: { operationType: 1, 'fullDocument.n': 1 } }];
  const stream = await listening(collection.watch(stages, { fullDocument: 'updateLookup', maxAwaitTimeMS: 50 }));
  await collection.updateMany({}, { $set: { n: 5 } });
  const [event] = await take(stream, 1);
  expect(event).toEqual({ _id: event?._id, operationType: 'update', fullDocument: { n: 5 } });
});

test('watches one collection, one database, or everything', async () => {
  const [one, other] = [scene.collection(), scene.collection()];
  const onCollection = await listening(one.watch([], { maxAwaitTimeMS: 50 }));
  const onDatabase = await listening(scene.db.watch([], { maxAwaitTimeMS: 50 }));
  const mine = [{ $match: { 'ns.db': scene.db.databaseName } }];
  const onCluster = await listening(scene.client.watch(mine, { maxAwaitTimeMS: 50 }));
  await other.insertOne({ n: 1 });
  await one.insertOne({ n: 2 });
  expect((await take(onCollection, 1)).map(({ fullDocument }) => fullDocument.n)).toEqual([2]);
  expect((await take(onDatabase, 2)).map(({ fullDocument }) => fullDocument.n)).toEqual([1, 2]);
  expect((await take(onCluster, 2)).map(({ fullDocument }) => fullDocument.n)).toEqual([1, 2]);
});

test('resumes after a token, and from a time', async () => {
  const collection = scene.collection();
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
  const [first, second] = await take(stream, 2);
  const next = async (options: Document): Promise<unknown> => {
    const resumed = collection.watch([], { ...options, maxAwaitTimeMS: 50 });
    streams.push(resumed);
    return (await take(resumed, 1))[0]?.fullDocument.n;
  };
  expect(await next({ resumeAfter: first?._id })).toBe(2);
  expect(await next({ startAfter: second?._id })).toBe(3);
  expect(await next({ startAtOperationTime: second?.clusterTime })).toBe(2);
});

test('the driver resumes by itself when its connection is lost', async () => {
  const collection = scene.collection();
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.insertOne({ n: 1 });
  expect((await take(stream, 1))[0]?.fullDocument.n).toBe(1);
  await scene.failCommand({ times: 1 }, { failCommands: ['getMore'], closeConnection: true });
  await collection.insertOne({ n: 2 });
  expect((await take(stream, 1))[0]?.fullDocument.n).toBe(2);
});

test('a dropped collection invalidates its stream', async () => {
  const collection = scene.collection();
  await collection.insertOne({});
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.drop();
  const events = await take(stream, 2);
  expect(events.map(({ operationType }) => operationType)).toEqual(['drop', 'invalidate']);
  const after = await errorOf(collection.watch([], { resumeAfter: events[1]?._id }).tryNext());
  expect(after.code).toBe(260);
});

test('a stream that is resumed after a drop is invalidated, and one that starts after that goes on', async () => {
  const collection = scene.collection();
  await collection.insertOne({});
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.drop();
  const [dropped, invalidated] = await take(stream, 2);
  await collection.insertOne({ n: 1 });
  const resumed = collection.watch([], { resumeAfter: dropped?._id });
  streams.push(resumed);
  expect(await take(resumed, 1)).toEqual([invalidated]);
  const started = collection.watch([], { startAfter: invalidated?._id, maxAwaitTimeMS: 50 });
  streams.push(started);
  expect(await take(started, 1)).toMatchObject([{ operationType: 'insert', fullDocument: { n: 1 } }]);
});

test('a renamed collection invalidates the streams on its old and on its new name', async () => {
  const [from, to] = [scene.collection(), scene.collection()];
  await from.insertOne({ n: 1 });
  await to.insertOne({ n: 2 });
  const open = [from, to, scene.db].map((watched) => listening(watched.watch([], { maxAwaitTimeMS: 50 })));
  const [onSource, onTarget, onDatabase] = await Promise.all(open);
  expect((await errorOf(from.rename(to.collectionName))).code).toBe(48);
  await from.rename(to.collectionName, { dropTarget: true });
  const database = scene.db.databaseName;
  const renamed = {
    operationType: 'rename',
    ns: { db: database, coll: from.collectionName },
    to: { db: database, coll: to.collectionName },
  };
  for (const stream of [onSource, onTarget])
    expect(await take(stream as ChangeStream, 2)).toMatchObject([renamed, { operationType: 'invalidate' }]);
  expect(await take(onDatabase as ChangeStream, 1)).toMatchObject([renamed]);
  expect(await to.find().toArray()).toMatchObject([{ n: 1 }]);
  expect(await from.countDocuments()).toBe(0);
});

test('$out takes the place of its target, which keeps its indexes, and is told of as a rename', async () => {
  const [source, target] = [scene.collection(), scene.collection()];
  await source.insertMany([{ n: 1 }, { n: 2 }, { n: 3 }]);
  await target.insertOne({ old: true, n: 0 });
  await target.createIndex({ n: 1 }, { unique: true });
  const stream = await listening(target.watch([], { maxAwaitTimeMS: 50 }));
  const out = { $out: target.collectionName };
  expect(await source.aggregate([{ $match: { n: { $gt: 1 } } }, { $project: { _id: 0 } }, out]).toArray()).toEqual([]);
  const to = { db: scene.db.databaseName, coll: target.collectionName };
  expect(await take(stream, 2)).toMatchObject([{ operationType: 'rename', to }, { operationType: 'invalidate' }]);
  expect((await target.find().sort({ n: 1 }).toArray()).map(({ n }) => n)).toEqual([2, 3]);
  const broken = await errorOf(source.aggregate([{ $project: { n: { $literal: 1 } } }, out]).toArray());
  expect(broken.code).toBe(11000);
  expect(await target.countDocuments()).toBe(2);
  expect(await scene.db.listCollections({ name: /^tmp/ }).toArray()).toEqual([]);
});

test('a dropped database ends the streams on it and on its collections with an id of 0', async () => {
  const database = scene.client.db(`${scene.db.databaseName}_dropped`);
  await database.collection('a').insertOne({});
  const opened = async (aggregate: string | number): Promise<Document> =>
    database.command({ aggregate, pipeline: [{ $changeStream: {} }], cursor: {} });
  const cursors = [(await opened('a')).cursor, (await opened(1)).cursor];
  await database.dropDatabase();
  const types: string[][] = [];
  for (const { id, ns } of cursors) {
    const collection = ns.slice(ns.indexOf('.') + 1);
    const events: Document[] = [];
    for (let left = true; left; ) {
      const { cursor } = await database.command({ getMore: id, collection, maxTimeMS: 50 });
      events.push(...cursor.nextBatch);
      left = Number(cursor.id) !== 0;
    }
    types.push(events.map(({ operationType }) => operationType));
    expect((await errorOf(database.command({ getMore: id, collection }))).code).toBe(43);
  }
  expect(types).toEqual([
    ['drop', 'invalidate'],
    ['drop', 'dropDatabase', 'invalidate'],
  ]);
});

test('hides no tampering with the resume token', async () => {
  const collection = scene.collection();
  const stream = await listening(collection.watch([{ $project: { _id: 0 } }], { maxAwaitTimeMS: 50 }));
  await collection.insertOne({});
  expect((await errorOf(stream.next())).code).toBe(280);
});

test.runIf(scene.target.kind === 'embedded')('refuses to resume from where its history no longer reaches', async () => {
  const collection = scene.collection();
  const stream = await listening(collection.watch([], { maxAwaitTimeMS: 50 }));
  await collection.insertOne({ n: 0 });
  const [first] = await take(stream, 1);
  await collection.insertMany(Array.from({ length: 12_000 }, (_, n) => ({ n })));
  const lost = await errorOf(collection.watch([], { resumeAfter: first?._id }).tryNext());
  expect(lost).toMatchObject({ code: 286, codeName: 'ChangeStreamHistoryLost' });
  expect(lost.hasErrorLabel('NonResumableChangeStreamError')).toBe(true);
});
