import fc from 'fast-check';
import { type Document, Double, Long, MaxKey, MinKey, ObjectId } from 'mongodb';
import { expect, test } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('order');

test('sorts all types in the order of BSON, stably', async () => {
  const collection = scene.collection();
  const ascending = [
    ...[new MinKey(), [], null, Number.NaN, Number.NEGATIVE_INFINITY, -1, new Double(0), Long.fromNumber(3), 3.5, 10],
    ...['', 'A', 'a', 'ab', '\uffff', '😀', {}, { a: 1 }, { a: 1, b: 1 }, { b: 0 }, { a: 'x' }],
    ...[
      Buffer.from('z'),
      new ObjectId('000000000000000000000001'),
      false,
      true,
      new Date(-5),
      new Date(5),
      /a/,
      new MaxKey(),
    ],
  ];
  await collection.insertMany([...ascending.entries()].reverse().map(([i, v]) => ({ _id: i as never, v })));
  const ids = (await collection.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id);
  expect(ids).toEqual([...ascending.keys()]);
  const descending = (await collection.find().sort({ v: -1 }).toArray()).map(({ _id }) => _id);
  expect(descending).toEqual([...ascending.keys()].reverse());
});

test('sorts by several keys, missing as null, arrays by their least or greatest element', async () => {
  const collection = scene.collection();
  await collection.insertMany([
    { _id: 1 as never, a: 1, b: 2 },
    { _id: 2 as never, a: 1, b: 1 },
    { _id: 3 as never, b: 1 },
    { _id: 4 as never, a: null, b: 2 },
    { _id: 5 as never, a: [0, 9], b: 0 },
  ]);
  const ids = async (sort: Document): Promise<unknown[]> =>
    (await collection.find().sort(sort).toArray()).map(({ _id }) => _id);
  expect(await ids({ a: 1, b: 1 })).toEqual([3, 4, 5, 2, 1]);
  expect(await ids({ a: -1, b: -1 })).toEqual([5, 1, 2, 4, 3]);
  expect(await ids({ b: -1, _id: -1 })).toEqual([4, 1, 3, 2, 5]);
});

test('finds documents by their ids in the order of the index on _id, not of the request or of the insertion', async () => {
  const collection = scene.collection();
  const [first, second] = [new ObjectId('000000000000000000000001'), new ObjectId('000000000000000000000002')];
  const ascending: unknown[] = [1, Long.fromNumber(2), 10, 'a', 'b', { x: 1 }, first, second];
  await collection.insertMany([2, 0, 4, 1, 7, 3, 6, 5].map((i) => ({ _id: ascending[i] as never, i })));
  const filter = { _id: { $in: [6, 3, 3, 0, 7, 2, 5, 1, 4].map((i) => ascending[i] as never) } };
  const order = (documents: Document[]): unknown[] => documents.map(({ i }) => i);
  expect(order(await collection.find(filter).toArray())).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(order(await collection.find(filter).skip(2).limit(3).toArray())).toEqual([2, 3, 4]);
  expect(order(await collection.aggregate([{ $match: filter }]).toArray())).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  await collection.updateOne(filter, { $set: { hit: true } });
  expect(await collection.findOne({ hit: true })).toMatchObject({ i: 0 });
});

/** An oracle of its own: what MongoDB's manual says, written down once more, in another way than the server has it. */
const typeOrder = ['nil', 'number', 'string', 'array', 'oid', 'boolean', 'date'];

function typeOf(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (Array.isArray(value)) return 'array';
  if (value instanceof ObjectId) return 'oid';
  return value instanceof Date ? 'date' : typeof value;
}

function comparable(value: unknown): number | string {
  if (value instanceof ObjectId) return value.toHexString();
  return typeof value === 'string' ? value : Number(value);
}

function compare(a: unknown, b: unknown): number {
  const byType = typeOrder.indexOf(typeOf(a)) - typeOrder.indexOf(typeOf(b));
  if (byType !== 0 || typeOf(a) === 'nil') return byType;
  const [x, y] = [comparable(a), comparable(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const holds: Record<string, (order: number) => boolean> = {
  $eq: (order) => order === 0,
  $gt: (order) => order > 0,
  $gte: (order) => order >= 0,
  $lt: (order) => order < 0,
  $lte: (order) => order <= 0,
};

/** The values that a filter on `a` looks at: an array's elements (which hold no arrays here), or the value. */
const looksAt = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

function matches(value: unknown, operator: string, operand: unknown): boolean {
  if (operator === '$ne') return !matches(value, '$eq', operand);
  if (operator === '$exists') return (value !== undefined) === operand;
  if (operator === '$in') return (operand as unknown[]).some((one) => matches(value, '$eq', one));
  if (operator === '$nin') return !matches(value, '$in', operand);
  return looksAt(value).some(
    (one) => typeOf(one) === typeOf(operand) && holds[operator]?.(compare(one, operand)) === true,
  );
}

const scalar = fc.oneof(
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, -1.5, 2.25),
  fc.constantFrom('', 'a', 'b', 'ab', 'B'),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(1, 2, 3).map((i) => new Date(i)),
  fc.constantFrom('1', '2').map((i) => new ObjectId(i.padStart(24, '0'))),
);
const value = fc.oneof({ weight: 4, arbitrary: scalar }, fc.array(scalar, { maxLength: 3 }));
const condition = fc.oneof(
  fc.tuple(fc.constantFrom('$eq', '$ne', '$gt', '$gte', '$lt', '$lte'), scalar),
  fc.tuple(fc.constantFrom('$in', '$nin'), fc.array(scalar, { maxLength: 3 })),
  fc.tuple(fc.constant('$exists'), fc.boolean()),
);

test('finds and sorts what an independent reading of the manual finds', async () => {
  const collection = scene.collection();
  const documents = fc.array(fc.record({ a: value, b: scalar, c: scalar }, { requiredKeys: ['c'] }), {
    minLength: 1,
    maxLength: 12,
  });
  const direction = fc.constantFrom(1 as const, -1 as const);
  await fc.assert(
    fc.asyncProperty(documents, condition, condition, direction, direction, async (docs, onA, onB, byB, byC) => {
      const stored = docs.map((document, i) => ({ ...document, i }));
      await collection.deleteMany({});
      await collection.insertMany(stored.map((document) => ({ ...document })));
      const found = await collection
        .find({ a: { [onA[0]]: onA[1] }, b: { [onB[0]]: onB[1] } })
        .sort({ b: byB, c: byC, i: 1 })
        .toArray();
      const expected = stored
        .filter((document) => matches(document.a, onA[0], onA[1]) && matches(document.b, onB[0], onB[1]))
        .sort((x, y) => compare(x.b, y.b) * byB || compare(x.c, y.c) * byC || x.i - y.i);
      expect(found.map(({ i }) => i)).toEqual(expected.map(({ i }) => i));
    }),
    { numRuns: 400, seed: 20_250_101 },
  );
});
