import { type Document, Long, MongoServerError } from 'mongodb';
import { afterEach, expect, test } from 'vitest';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('faults');

afterEach(() => scene.failCommand('off'));

async function one() {
  const collection = scene.collection();
  await collection.insertOne({ n: 1 });
  return collection;
}

test('fails with the code that it is told, for as often as it is told', async () => {
  const collection = await one();
  await scene.failCommand({ times: 2 }, { failCommands: ['find'], errorCode: 2 });
  const error = await errorOf(collection.findOne());
  expect(error).toMatchObject({
    code: 2,
    codeName: 'BadValue',
    message: "Failing command via 'failCommand' failpoint",
  });
  expect(await collection.countDocuments()).toBe(1);
  expect((await errorOf(collection.findOne())).code).toBe(2);
  expect(await collection.findOne()).toMatchObject({ n: 1 });
});

test('lets some commands pass first', async () => {
  const collection = await one();
  await scene.failCommand({ skip: 2 }, { failCommands: ['find'], errorCode: 2 });
  await collection.findOne();
  await collection.findOne();
  expect((await errorOf(collection.findOne())).code).toBe(2);
  expect((await errorOf(collection.findOne())).code).toBe(2);
});

test('hits one namespace only, always, until it is off', async () => {
  const [hit, spared] = [await one(), await one()];
  await scene.failCommand('alwaysOn', { failCommands: ['find', 'aggregate'], errorCode: 8, namespace: hit.namespace });
  expect((await errorOf(hit.findOne())).code).toBe(8);
  expect((await errorOf(hit.countDocuments())).code).toBe(8);
  expect(await spared.findOne()).toMatchObject({ n: 1 });
  await scene.failCommand('off');
  expect(await hit.findOne()).toMatchObject({ n: 1 });
});

test('carries labels', async () => {
  const collection = await one();
  await scene.failCommand({ times: 1 }, { failCommands: ['find'], errorCode: 5, errorLabels: ['SomeLabel'] });
  expect((await errorOf(collection.findOne())).hasErrorLabel('SomeLabel')).toBe(true);
});

test.each<[string, Document, string[] | undefined]>([
  [
    'of its own for a code that may be retried',
    { writeConcernError: { code: 6, errmsg: 'x' } },
    ['RetryableWriteError'],
  ],
  ['none for another code', { writeConcernError: { code: 100, errmsg: 'x' } }, undefined],
  ['those that are given', { errorLabels: ['Own'], writeConcernError: { code: 6, errmsg: 'x' } }, ['Own']],
  ['none where none are given', { errorLabels: [], writeConcernError: { code: 6, errmsg: 'x' } }, undefined],
])('a write concern error carries labels: %s', async (_name, data, labels) => {
  const collection = await one();
  const client = scene.connect({ monitorCommands: true });
  const replies: Document[] = [];
  client.on('commandSucceeded', ({ commandName, reply }) => {
    if (commandName === 'update') replies.push(reply as Document);
  });
  await scene.failCommand({ times: 1 }, { failCommands: ['update'], ...data });
  const watched = client.db(scene.db.databaseName).collection(collection.collectionName);
  await watched
    .updateOne({}, { $inc: { n: 1 } })
    .catch((error: unknown) => expect(error).toBeInstanceOf(MongoServerError));
  expect(replies[0]).toMatchObject({ nModified: 1, writeConcernError: { code: data.writeConcernError.code } });
  expect(replies[0]?.errorLabels).toEqual(labels);
  expect(replies).toHaveLength(labels?.includes('RetryableWriteError') ? 2 : 1);
  expect(await collection.findOne()).toMatchObject({ n: 2 });
});

test('an error of the fail point has no label on a getMore, since the cursor is not known there yet', async () => {
  const collection = await one();
  const open = { aggregate: collection.collectionName, pipeline: [{ $changeStream: {} }], cursor: {} };
  await scene.failCommand({ times: 1 }, { failCommands: ['aggregate'], errorCode: 6 });
  const opening = await errorOf(scene.db.command(open));
  expect(opening.errorResponse.errorLabels).toEqual(['ResumableChangeStreamError']);
  const { cursor } = await scene.db.command(open);
  await scene.failCommand({ times: 1 }, { failCommands: ['getMore'], errorCode: 6 });
  const more = { getMore: Long.fromNumber(cursor.id), collection: collection.collectionName };
  expect((await errorOf(scene.db.command(more))).errorResponse.errorLabels).toBeUndefined();
});

test('a getMore that fails after it has found its cursor carries the label by which the driver resumes', async () => {
  const collection = await one();
  const client = scene.connect({ monitorCommands: true });
  const failed: string[] = [];
  client.on('commandFailed', ({ commandName }) => failed.push(commandName));
  const watched = client.db(scene.db.databaseName).collection(collection.collectionName);
  const stream = watched.watch([], { maxAwaitTimeMS: 50 });
  await stream.tryNext();
  const fail = { configureFailPoint: 'failGetMoreAfterCursorCheckout', mode: { times: 1 }, data: { errorCode: 6 } };
  await scene.client.db('admin').command(fail);
  await collection.insertOne({ n: 2 });
  expect(await stream.next()).toMatchObject({ operationType: 'insert', fullDocument: { n: 2 } });
  expect(failed).toEqual(['getMore']);
  await stream.close();
});

test('a closed connection is a network error, or a retry that is applied once', async () => {
  const collection = await one();
  await scene.failCommand({ times: 1 }, { failCommands: ['insert'], closeConnection: true });
  await collection.insertOne({ n: 2 });
  expect(await collection.countDocuments({ n: 2 })).toBe(1);
  await scene.failCommand({ times: 1 }, { failCommands: ['find'], closeConnection: true });
  expect(await collection.findOne({ n: 2 })).toMatchObject({ n: 2 });
  const plain = scene.connect({ retryReads: false }).db(scene.db.databaseName).collection(collection.collectionName);
  await scene.failCommand({ times: 1 }, { failCommands: ['find'], closeConnection: true });
  expect((await errorOf(plain.findOne())).name).toBe('MongoNetworkError');
});

test('a retryable error is retried by the driver', async () => {
  const collection = await one();
  await scene.failCommand(
    { times: 1 },
    { failCommands: ['update'], errorCode: 91, errorLabels: ['RetryableWriteError'] },
  );
  expect((await collection.updateOne({ n: 1 }, { $inc: { n: 1 } })).modifiedCount).toBe(1);
  await scene.failCommand({ times: 1 }, { failCommands: ['update'], errorCode: 189 });
  expect((await collection.updateOne({ n: 2 }, { $inc: { n: 1 } })).modifiedCount).toBe(1);
  expect(await collection.findOne()).toMatchObject({ n: 3 });
});

test('the same write sent twice is done once', async () => {
  const collection = await one();
  const lsid = { id: scene.client.startSession().id?.id };
  const command = {
    update: collection.collectionName,
    updates: [{ q: {}, u: { $inc: { n: 1 } } }],
    lsid,
    txnNumber: BigInt(1),
  };
  const first = await scene.db.command(command);
  const second = await scene.db.command(command);
  expect([first.nModified, second.nModified]).toEqual([1, 1]);
  expect(await collection.findOne()).toMatchObject({ n: 2 });
});

test('holds a command up without holding up others', async () => {
  const [slow, quick] = [await one(), await one()];
  await scene.failCommand(
    { times: 1 },
    { failCommands: ['find'], blockConnection: true, blockTimeMS: 300, namespace: slow.namespace },
  );
  const order: string[] = [];
  const waiting = slow.findOne().then(() => order.push('slow'));
  await quick.findOne();
  order.push('quick');
  await waiting;
  expect(order).toEqual(['quick', 'slow']);
});

test('a command that is held up longer than it may take fails with MaxTimeMSExpired', async () => {
  const collection = await one();
  await scene.failCommand('alwaysOn', { failCommands: ['find'], blockConnection: true, blockTimeMS: 5000 });
  const start = performance.now();
  const error = await errorOf(collection.find({}, { maxTimeMS: 50 }).toArray());
  expect(error).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
  expect(performance.now() - start).toBeLessThan(3000);
});

test.runIf(scene.target.kind === 'embedded')(
  'a long scan ends when its time is over, and lets others in before',
  async () => {
    const collection = scene.collection();
    const filler = Array.from({ length: 20 }, (_, i) => ({ i }));
    await collection.insertMany(Array.from({ length: 20_000 }, (_, n) => ({ n, filler })));
    const slow = { $or: Array.from({ length: 400 }, (_, i) => ({ filler: { $elemMatch: { i: -1 - i } } })) };
    const order: string[] = [];
    const scanning = errorOf(collection.find(slow, { maxTimeMS: 1000 }).toArray()).then((error) => {
      order.push('scan');
      return error;
    });
    await scene.db.command({ ping: 1 });
    order.push('ping');
    expect((await scanning).code).toBe(50);
    expect(order).toEqual(['ping', 'scan']);
  },
);
