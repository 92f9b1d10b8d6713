import {
  Binary,
  BSON,
  BSONRegExp,
  Code,
  Decimal128,
  Double,
  Int32,
  Long,
  MaxKey,
  MinKey,
  ObjectId,
  Timestamp,
  UUID,
} from 'mongodb';
import { expect, test } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('types');

test('gives every BSON type back as the type it came in as', async () => {
  const collection = scene.collection();
  const document = {
    _id: new ObjectId(),
    int: new Int32(5),
    wholeDouble: new Double(5),
    double: new Double(5.5),
    negativeZero: new Double(-0),
    nan: new Double(Number.NaN),
    infinity: new Double(Number.POSITIVE_INFINITY),
    large: new Double(3e9),
    long: Long.fromNumber(5),
    largeLong: Long.MAX_VALUE,
    decimal: Decimal128.fromString('1.50'),
    string: 'grün 😀',
    date: new Date(1_700_000_000_123),
    nothing: null,
    yes: true,
    binary: new Binary(Buffer.from([1, 2, 3]), 0),
    uuid: new UUID('01234567-89ab-4def-8123-456789abcdef'),
    regex: new BSONRegExp('^a.*b$', 'i'),
    timestamp: new Timestamp({ t: 7, i: 9 }),
    code: new Code('return 1'),
    min: new MinKey(),
    max: new MaxKey(),
    nested: { array: [new Int32(1), new Double(2), [Long.fromNumber(3)], { deep: null }], empty: {}, none: [] },
    reference: { $ref: 'stores', $id: new ObjectId() },
  };
  await collection.insertOne(document);
  const found = await collection.findOne({ _id: document._id }, { raw: true });
  expect(Buffer.from(found as unknown as Buffer).toString('hex')).toBe(
    Buffer.from(BSON.serialize(document)).toString('hex'),
  );
});

test('finds numbers of all types by value', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { _id: 1 as never, n: new Int32(5) },
    { _id: 2 as never, n: new Double(5) },
    { _id: 3 as never, n: Long.fromNumber(5) },
    { _id: 4 as never, n: Decimal128.fromString('5.0') },
    { _id: 5 as never, n: '5' },
  ]);
  for (const n of [
    5,
    Long.fromNumber(5),
    Decimal128.fromString('5'),
    { $gte: 5, $lte: 5 },
    { $in: [Long.fromNumber(5)] },
  ]) {
    expect(await collection.countDocuments({ n })).toBe(4);
  }
});

test('tells int64s apart that a double cannot hold', async () => {
  const collection = scene.collection();
  const [a, b] = [Long.fromString('9007199254740993'), Long.fromString('9007199254740992')];
  await collection.insertMany([{ n: a }, { n: b }]);
  expect(await collection.countDocuments({ n: a })).toBe(1);
  expect(await collection.countDocuments({ n: { $gt: b } })).toBe(1);
  expect(await collection.countDocuments({ n: { $gt: Decimal128.fromString('9007199254740992.5') } })).toBe(1);
});

test('finds ObjectIds and dates by value, alone, in arrays and in ranges', async () => {
  const collection = scene.collection();
  const [first, second] = [new ObjectId('65a000000000000000000001'), new ObjectId('65a000000000000000000002')];
  await collection.insertMany([
    { ref: first, at: new Date(1) },
    { ref: [second, first], at: new Date(2) },
    { ref: second, at: new Date(3) },
  ]);
  expect(await collection.countDocuments({ ref: new ObjectId(first.toHexString()) })).toBe(2);
  expect(await collection.countDocuments({ ref: { $in: [new ObjectId(second.toHexString())] } })).toBe(2);
  expect(await collection.countDocuments({ ref: { $gt: first } })).toBe(2);
  expect(await collection.countDocuments({ at: new Date(2) })).toBe(1);
  expect(await collection.countDocuments({ at: { $gte: new Date(2) } })).toBe(2);
  expect(await collection.countDocuments({ at: { $gte: 2 } })).toBe(0);
});

test('tells types by name and by number', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { v: new Int32(1) },
    { v: new Double(1) },
    { v: Long.ONE },
    { v: 'x' },
    { v: [1] },
    { v: null },
    {},
  ]);
  const count = (type: string | number): Promise<number> => collection.countDocuments({ v: { $type: type as 'int' } });
  expect([await count('int'), await count('double'), await count('long'), await count('number')]).toEqual([2, 1, 1, 4]);
  expect([await count('string'), await count('array'), await count('null'), await count(10)]).toEqual([1, 1, 1, 1]);
});
