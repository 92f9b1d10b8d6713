import { type Collection, type Document, MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { startEmbeddedDatabase } from '../../../src/embedded-mongodb/embedded-server.js';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('writers');
const WORKERS = 40;
const client = scene.connect({ maxPoolSize: WORKERS });

/** A new collection, seen through a client with a connection for each worker. */
function shared(): Collection<Document> {
  return client.db(scene.db.databaseName).collection<Document>(scene.collection().collectionName);
}

const atOnce = <T>(count: number, work: (worker: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, worker) => work(worker)));

const numbered = (count: number): Document[] => Array.from({ length: count }, (_, n) => ({ _id: n, n }));

test('adds every increment of 40 writers, sorted or not', async () => {
  const collection = shared();
  await collection.insertMany(numbered(500));
  // Takes long enough to read that the writers take turns.
  const slow = { $or: [...Array.from({ length: 10 }, (_, i) => ({ n: -1 - i })), { n: { $gte: 0 } }] };
  await atOnce(WORKERS, () => collection.findOneAndUpdate(slow, { $inc: { sorted: 1 } }, { sort: { n: 1 } }));
  await atOnce(WORKERS, () => collection.findOneAndUpdate({ n: 0 }, { $inc: { plain: 1 } }));
  expect(await collection.findOne({ n: 0 })).toMatchObject({ plain: WORKERS, sorted: WORKERS });
});

test.each([{ sort: { n: 1 as const } }, {}])('hands each job of a queue to one of 40 workers (%j)', async (options) => {
  const collection = shared();
  const jobs = 80;
  await collection.insertMany(numbered(jobs).map((job) => ({ ...job, state: 'waiting' })));
  const taken: unknown[] = [];
  await atOnce(WORKERS, async (worker) => {
    for (;;) {
      const job = await collection.findOneAndUpdate(
        { state: 'waiting' },
        { $set: { state: 'taken', worker } },
        options,
      );
      if (!job) return;
      taken.push(job._id);
    }
  });
  expect(taken).toHaveLength(jobs);
  expect(new Set(taken).size).toBe(jobs);
});

test('removes each document for one of 40 workers', async () => {
  const collection = shared();
  await collection.insertMany(numbered(WORKERS / 2));
  const removed = await atOnce(WORKERS, () => collection.findOneAndDelete({}, { sort: { n: 1 } }));
  const ids = removed.flatMap((document) => (document ? [document._id] : []));
  expect(ids.sort((a, b) => Number(a) - Number(b))).toEqual(numbered(WORKERS / 2).map(({ n }) => n));
});

test('brings no document back that was deleted while others change it', async () => {
  const collection = shared();
  const documents = numbered(1000);
  await collection.insertMany(documents);
  const ids = documents.map(({ _id }) => _id);
  await Promise.all([
    collection.updateMany({ _id: { $in: ids } }, { $inc: { hits: 1 } }),
    collection.updateMany({ n: { $gte: 0 } }, { $inc: { hits: 1 } }),
    collection.findOneAndUpdate({}, { $inc: { hits: 1 } }, { sort: { n: -1 } }),
    collection.deleteMany({ _id: { $in: ids } }),
  ]);
  expect(await collection.countDocuments()).toBe(0);
});

test('changes many documents by their ids as they are now, not as they were', async () => {
  const collection = shared();
  const documents = numbered(1000);
  await collection.insertMany(documents);
  const ids = documents.map(({ _id }) => _id);
  await atOnce(8, () => collection.updateMany({ _id: { $in: ids } }, { $inc: { hits: 1 } }));
  expect(await collection.countDocuments({ hits: 8 })).toBe(1000);
});

test('a write that is under way ends when its collection is dropped, and leaves the one that is made anew alone', async () => {
  const database = await startEmbeddedDatabase();
  const own = new MongoClient(database.uri);
  const collection = own.db('shop').collection<Document>('dropped');
  await collection.insertMany(numbered(1000));
  const slow = { $or: [...Array.from({ length: 500 }, (_, i) => ({ n: -1 - i })), { n: { $gte: 0 } }] };
  const updating = errorOf(collection.updateMany(slow, { $inc: { hits: 1 } }));
  while (database.runningOperations() === 0) await own.db('admin').command({ ping: 1 });
  await collection.drop();
  await collection.insertOne({ _id: 999 as never, made: 'anew' });
  expect((await updating).code).toBe(175);
  expect(await collection.find().toArray()).toEqual([{ _id: 999, made: 'anew' }]);
  await own.close();
  await database.close();
});
