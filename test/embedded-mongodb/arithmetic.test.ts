import { Decimal128, type Document, Double, Int32, Long } from 'mongodb';
import { expect, test } from 'vitest';
import { openScene } from '../support/servers/embedded-mongodb.js';

const scene = await openScene('arithmetic');
const decimal = (text: string): Decimal128 => Decimal128.fromString(text);

/** `$sum` and `$avg` over the values, with the types that they come in. */
async function group(values: readonly unknown[]): Promise<Document> {
  const collection = scene.collection();
  await collection.insertMany(values.map((v) => ({ v })));
  const stages = [{ $group: { _id: null, sum: { $sum: '$v' }, average: { $avg: '$v' } } }];
  const [result] = await collection.aggregate(stages, { promoteValues: false }).toArray();
  return result ?? {};
}

const tenths = Array.from({ length: 10 }, () => 0.1);

test.each<[string, readonly unknown[], unknown, unknown]>([
  ['integers', [new Int32(1), new Int32(2)], new Int32(3), new Double(1.5)],
  [
    'integers beyond 32 bits',
    [new Int32(2_147_483_647), new Int32(1)],
    Long.fromNumber(2_147_483_648),
    new Double(2 ** 30),
  ],
  ['int64s', [Long.fromString('9007199254740993'), new Int32(1)], Long.fromString('9007199254740994'), undefined],
  ['int64s that overflow, as a double', [Long.MAX_VALUE, Long.MAX_VALUE], new Double(2 ** 64), new Double(2 ** 63)],
  ['doubles, with their rounding errors made good', tenths, new Double(1), new Double(0.1)],
  ['a small double between large ones', [1e16, new Double(1), -1e16], new Double(1), undefined],
  ['infinities', [Number.POSITIVE_INFINITY, 1], new Double(Number.POSITIVE_INFINITY), undefined],
  ['decimals', [decimal('1.10'), decimal('2.20')], decimal('3.30'), decimal('1.65')],
  ['decimals with integers', [decimal('1.10'), new Int32(1), Long.fromNumber(2)], decimal('4.10'), undefined],
  [
    'decimals that do not come out even',
    [decimal('1'), decimal('0'), decimal('0')],
    decimal('1'),
    decimal('0.3333333333333333333333333333333333'),
  ],
  ['nothing that is a number', ['x', null], new Int32(0), null],
])('adds up %s', async (_name, values, sum, average) => {
  const result = await group(values);
  expect(result.sum).toEqual(sum);
  if (average !== undefined) expect(result.average).toEqual(average);
});

test('updates decimals exactly, by numbers of every type', async () => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, a: decimal('1.50'), b: decimal('1.50'), c: 1, d: 0.5 });
  await collection.updateOne(
    {},
    { $inc: { a: 1, c: decimal('0.10'), d: decimal('1') }, $mul: { b: decimal('2.0'), e: decimal('2') } },
  );
  const found = await collection.findOne();
  expect([found?.a, found?.b, found?.c, found?.e].map(String)).toEqual(['2.50', '3.000', '1.10', '0']);
  expect(await collection.countDocuments({ d: 1.5 })).toBe(1);
});

test('calculates with decimals in expressions', async () => {
  const collection = scene.collection();
  await collection.insertOne({ p: decimal('19.99'), n: 3 });
  const fields = {
    sum: { $add: ['$p', '$n'] },
    difference: { $subtract: ['$p', '$n'] },
    product: { $multiply: ['$p', '$n'] },
    quotient: { $divide: [decimal('1'), decimal('8')] },
  };
  const [result] = await collection.aggregate([{ $project: { _id: 0, ...fields } }]).toArray();
  expect(Object.values(result ?? {}).map(String)).toEqual(['22.99', '16.99', '59.97', '0.125']);
});

test('sorts numbers of all types by value', async () => {
  const collection = scene.collection();
  const ascending = [
    decimal('-Infinity'),
    decimal('-1.5'),
    -1,
    decimal('0.1'),
    0.5,
    Long.ONE,
    decimal('1.01'),
    decimal('1E+3'),
  ];
  await collection.insertMany([...ascending.entries()].reverse().map(([i, v]) => ({ _id: i as never, v })));
  const ids = (await collection.find().sort({ v: 1 }).toArray()).map(({ _id }) => _id);
  expect(ids).toEqual([...ascending.keys()]);
});
