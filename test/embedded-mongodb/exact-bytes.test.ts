import { once } from 'node:events';
import { connect } from 'node:net';
import { BSON, type Collection, type Document } from 'mongodb';
import { expect, test } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('exact');

async function rawBytes(collection: Collection<Document>): Promise<string> {
  const found = await collection.findOne({}, { raw: true });
  return Buffer.from(found as unknown as Buffer).toString('hex');
}

const hexOf = (document: Document): string => Buffer.from(BSON.serialize(document)).toString('hex');
const map = (...entries: [string, unknown][]): Map<string, unknown> => new Map(entries);

test('keeps the order of fields, integer-like ones too', async () => {
  const collection = scene.collection();
  const inner = map(['b', 1], ['2', map(['x', 1], ['10', 1], ['9', 1])], ['1', [map(['z', 1], ['0', 1])]]);
  await collection.insertOne({ _id: 1 as never, inner });
  expect(await rawBytes(collection)).toBe(hexOf({ _id: 1, inner }));
  expect(await collection.countDocuments({ inner })).toBe(1);
  expect(await collection.countDocuments({ inner: map(...[...inner].reverse()) })).toBe(0);
  await collection.updateOne({}, { $set: { 'inner.0': 'new', 'inner.b': 2 }, $unset: { 'inner.1': 1 } });
  expect(await rawBytes(collection)).toBe(hexOf({ _id: 1, inner: map(['b', 2], ['2', inner.get('2')], ['0', 'new']) }));
});

test('puts the _id before integer-like fields', async () => {
  const collection = scene.collection();
  const replacement = map(['b', 1], ['7', 1]) as unknown as Document;
  await collection.insertOne({ _id: 1 as never });
  await collection.replaceOne({ _id: 1 as never }, replacement);
  expect(await rawBytes(collection)).toBe(hexOf(map(['_id', 1], ['b', 1], ['7', 1])));
});

test('sorts by integer-like fields in the order that is given', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { _id: 1 as never, b: 2, '1': 1 },
    { _id: 2 as never, b: 1, '1': 2 },
  ]);
  const ids = async (...sort: [string, unknown][]): Promise<unknown[]> => {
    const { cursor } = await scene.db.command({ find: collection.collectionName, sort: map(...sort) });
    return cursor.firstBatch.map(({ _id }: Document) => _id);
  };
  expect(await ids(['b', 1], ['1', 1])).toEqual([2, 1]);
  expect(await ids(['1', 1], ['b', 1])).toEqual([1, 2]);
});

test('keeps the bytes of strings that are not UTF-8, and orders them among others', async () => {
  const collection = scene.collection();
  const documents = [
    { _id: 1, name: 'zz' },
    { _id: 2, name: '????' },
    { _id: 3, name: 'a' },
  ];
  const insert = { insert: collection.collectionName, documents, $db: scene.db.databaseName };
  const body = Buffer.from(BSON.serialize(insert));
  body.set([0x66, 0xff, 0xfe, 0x80], body.indexOf('????'));
  const { hostname, port } = new URL(scene.target.uri.replace(/^mongodb:/, 'http:'));
  const head = Buffer.alloc(21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(2013, 12);
  const socket = connect(Number(port), hostname);
  socket.write(Buffer.concat([head, body]));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  expect(BSON.deserialize(answer.subarray(21))).toMatchObject({ ok: 1, n: 3 });
  const found = (await collection.findOne({ _id: 2 as never }, { raw: true })) as unknown as Buffer;
  expect(Buffer.from(found).includes(Buffer.from([0x66, 0xff, 0xfe, 0x80, 0]))).toBe(true);
  const read = await collection.find({}, { enableUtf8Validation: false }).sort({ name: 1 }).toArray();
  expect(read.map(({ _id }) => _id)).toEqual([3, 2, 1]);
  expect(read[1]?.name).toContain('\u{fffd}');
  await collection.updateOne({ _id: 2 as never }, { $set: { n: 1 } });
  expect(await collection.countDocuments({ name: { $type: 'string' } })).toBe(3);
});
