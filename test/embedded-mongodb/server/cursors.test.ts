import { Long } from 'mongodb';
import { expect, test } from 'vitest';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('cursors');

async function numbers(count: number, filler = '') {
  const collection = scene.collection();
  await collection.insertMany(Array.from({ length: count }, (_, n) => ({ n, filler })));
  return collection;
}

test('reads a long answer over many batches, in order', async () => {
  const collection = await numbers(2500);
  for (const batchSize of [1, 7, 101, 1000]) {
    const limit = batchSize === 1 ? 50 : 2500;
    const read = await collection.find().sort({ n: 1 }).limit(limit).batchSize(batchSize).toArray();
    expect(read.map(({ n }) => n)).toEqual(Array.from({ length: limit }, (_, n) => n));
  }
});

test('sends 101 documents first, and no more than fit into a message', async () => {
  const collection = await numbers(150);
  const first = await scene.db.command({ find: collection.collectionName });
  expect(first.cursor.firstBatch).toHaveLength(101);
  const more = await scene.db.command({ getMore: first.cursor.id, collection: collection.collectionName });
  expect(more.cursor.nextBatch).toHaveLength(49);
  expect(Number(more.cursor.id)).toBe(0);

  const large = await numbers(30, 'x'.repeat(1024 * 1024));
  const big = await scene.db.command({ find: large.collectionName, batchSize: 30 });
  expect(big.cursor.firstBatch.length).toBeLessThan(17);
  expect((await large.find().toArray()).length).toBe(30);
});

test('gives an empty first batch for batchSize 0, and ends after one batch when asked', async () => {
  const collection = await numbers(20);
  const name = collection.collectionName;
  const opened = await scene.db.command({ find: name, batchSize: 0 });
  expect(opened.cursor.firstBatch).toEqual([]);
  expect((await scene.db.command({ getMore: opened.cursor.id, collection: name })).cursor.nextBatch).toHaveLength(20);
  const single = await scene.db.command({ find: name, batchSize: 5, singleBatch: true });
  expect([single.cursor.firstBatch.length, Number(single.cursor.id)]).toEqual([5, 0]);
  expect(await collection.find().sort({ n: 1 }).skip(15).limit(-3).toArray()).toHaveLength(3);
  expect((await collection.find().sort({ n: 1 }).skip(18).limit(10).toArray()).map(({ n }) => n)).toEqual([18, 19]);
});

test('kills cursors, and does not find them afterwards', async () => {
  const collection = await numbers(20);
  const name = collection.collectionName;
  const { cursor } = await scene.db.command({ find: name, batchSize: 5 });
  const unknown = Long.fromNumber(4711);
  const killed = await scene.db.command({ killCursors: name, cursors: [cursor.id, unknown] });
  expect(killed.cursorsKilled.map(String)).toEqual([String(cursor.id)]);
  expect(killed.cursorsNotFound.map(String)).toEqual(['4711']);
  expect((await errorOf(scene.db.command({ getMore: cursor.id, collection: name }))).code).toBe(43);
});

test('many clients read, write and count at the same time', async () => {
  const collection = await numbers(3000);
  const clients = Array.from({ length: 8 }, () => scene.connect({ maxPoolSize: 3 }));
  const results = await Promise.all(
    clients.flatMap((client, i) => {
      const own = client.db(scene.db.databaseName).collection(collection.collectionName);
      return [
        own
          .find({ n: { $gte: 0 } })
          .batchSize(500)
          .toArray()
          .then((all) => all.length >= 3000),
        own
          .updateMany({ n: { $gte: 0, $lt: 100 } }, { $inc: { hits: 1 } })
          .then(({ matchedCount }) => matchedCount === 100),
        own.insertOne({ n: -1 - i }).then(({ acknowledged }) => acknowledged),
        own.countDocuments({ n: { $gte: 0 } }).then((count) => count === 3000),
      ];
    }),
  );
  expect(results).toEqual(results.map(() => true));
  expect(await collection.countDocuments({ hits: 8 })).toBe(100);
  expect(await collection.countDocuments()).toBe(3008);
});
