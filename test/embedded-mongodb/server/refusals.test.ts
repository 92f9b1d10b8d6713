import type { Document } from 'mongodb';
import { expect, test } from 'vitest';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('refusals');
const embedded = scene.target.kind === 'embedded';
await scene.db.collection('c').insertOne({ _id: 1 as never, a: 1, s: 'x', l: [1] });

const find = (filter: unknown, rest: Document = {}): Document => ({ find: 'c', filter, ...rest });
const aggregate = (...pipeline: unknown[]): Document => ({ aggregate: 'c', pipeline, cursor: {} });
const update = (u: unknown, rest: Document = {}): Document => ({ update: 'c', updates: [{ q: {}, u, ...rest }] });

const index = (...specifications: Document[]): Document => ({
  createIndexes: 'indexed',
  indexes: specifications.map((specification) => ({ name: 'i', ...specification })),
});
const partial = (partialFilterExpression: unknown): Document => index({ key: { a: 1 }, partialFilterExpression });

/** What MongoDB refuses as well. */
const refused: [string, Document, number][] = [
  ['an unknown command', { frobnicate: 1 }, 59],
  ['an unknown field', find({}, { frobnicate: 1 }), 40415],
  ['an unknown operator', find({ a: { $frob: 1 } }), 2],
  ['an unknown operator at the top', find({ $frob: 1 }), 2],
  ['an operator after a field', find({ a: { $gt: 1, b: 2 } }), 2],
  ['$in without an array', find({ a: { $in: 5 } }), 2],
  ['$or with nothing', find({ $or: [] }), 2],
  ['$not without operators', find({ a: { $not: 5 } }), 2],
  ['a negative $size', find({ a: { $size: -1 } }), 2],
  ['an unknown type', find({ a: { $type: 'frob' } }), 2],
  ['$options alone', find({ a: { $options: 'i' } }), 2],
  ['an invalid regular expression', find({ a: { $regex: '(' } }), 51091],
  ['a filter that is no document', find('x'), 14],
  ['a limit that is no number', find({}, { limit: 'x' }), 14],
  ['a sort by something else', find({}, { sort: { a: 2 } }), 15975],
  ['a hint at no index', find({ a: 1 }, { hint: 'none' }), 2],
  ['an unknown stage', aggregate({ $frob: 1 }), 40324],
  ['an unknown expression', aggregate({ $project: { x: { $frob: 1 } } }), 31325],
  ['an unknown expression in $addFields', aggregate({ $addFields: { x: { $frob: 1 } } }), 168],
  ['an unknown accumulator', aggregate({ $group: { _id: 1, x: { $frob: 1 } } }), 15952],
  ['$group without _id', aggregate({ $group: { x: { $sum: 1 } } }), 15955],
  ['a stage with two names', aggregate({ $match: {}, $limit: 1 }), 40323],
  ['a limit of zero', aggregate({ $limit: 0 }), 15958],
  ['a pipeline without a cursor', { aggregate: 'c', pipeline: [] }, 9],
  ['an unknown modifier', update({ $frob: { a: 1 } }), 9],
  ['a replacement of many', update({ a: 1 }, { multi: true }), 9],
  ['an empty batch', { insert: 'c', documents: [] }, 16],
  ['a collection without a name', { insert: '', documents: [{}] }, 73],
  ['$text without an index', find({ $text: { $search: 'x' } }), 27],
  ['$near without an index', find({ a: { $near: [0, 0] } }), 291],
  ['$out before another stage', aggregate({ $out: 'x' }, { $match: {} }), 40601],
  ['$out into nothing', aggregate({ $out: 5 }), 16990],
  ['an index without a name', index({ key: { a: 1 }, name: '' }), 67],
  ['an index called *', index({ key: { a: 1 }, name: '*' }), 2],
  ['an index by nothing', index({ key: {} }), 67],
  ['an index in no direction', index({ key: { a: 0 } }), 67],
  ['an index by a boolean', index({ key: { a: true } }), 67],
  ['an index of an unknown kind', index({ key: { a: 'frob' } }), 67],
  ['an index by an operator', index({ key: { $a: 1 } }), 67],
  ['an index by an empty field', index({ key: { 'a.': 1 } }), 67],
  ['an index with an unknown option', index({ key: { a: 1 }, frob: true }), 197],
  ['an index that is unique in words', index({ key: { a: 1 }, unique: 'yes' }), 14],
  ['an index of version 3', index({ key: { a: 1 }, v: 3 }), 67],
  ['an index on _id that descends', index({ key: { _id: -1 } }), 2],
  ['an index on _id that is sparse', index({ key: { _id: 1 }, sparse: true }), 67],
  ['an index on _id that expires', index({ key: { _id: 1 }, expireAfterSeconds: 1 }), 197],
  ['the same index twice', index({ key: { a: 1 } }, { key: { a: 1 } }), 68],
  ['two indexes of one name', index({ key: { a: 1 } }, { key: { b: 1 } }), 86],
  ['a compound index that expires', index({ key: { a: 1, b: 1 }, expireAfterSeconds: 1 }), 67],
  ['an index that expires before', index({ key: { a: 1 }, expireAfterSeconds: -1 }), 67],
  ['an index that expires in words', index({ key: { a: 1 }, expireAfterSeconds: '1' }), 14],
  ['a partial index by $ne', partial({ a: { $ne: 1 } }), 67],
  ['a partial index by absence', partial({ a: { $exists: false } }), 67],
  ['a partial index by a pattern', partial({ a: /x/ }), 67],
  ['a partial index by $nor', partial({ $nor: [{ a: 1 }] }), 67],
  ['a partial index by an expression', partial({ $expr: true }), 224],
  ['a partial index by something else', partial('a'), 14],
  ['a partial index that is sparse', index({ key: { a: 1 }, sparse: true, partialFilterExpression: { a: 1 } }), 67],
  ['a rename from outside of admin', { renameCollection: 'a.b', to: 'a.c' }, 13],
];

test.each(refused)('refuses %s', async (_name, command, code) => {
  const reply = await scene.db.command(command).catch((thrown: Document) => thrown);
  const error = reply.writeErrors ? reply.writeErrors[0] : reply;
  expect(error.code).toBe(code);
});

/** What MongoDB does and the embedded database says that it does not. */
const unsupported: [string, Document, number][] = [
  ['$where', find({ $where: 'true' }), 2],
  ['$jsonSchema', find({ $jsonSchema: {} }), 238],
  ['$bitsAllSet', find({ a: { $bitsAllSet: 1 } }), 238],
  ['$geoIntersects', find({ a: { $geoIntersects: {} } }), 238],
  [
    '$geoWithin by $box',
    find({
      a: {
        $geoWithin: {
          $box: [
            [0, 0],
            [1, 1],
          ],
        },
      },
    }),
    238,
  ],
  ['a collation', find({}, { collation: { locale: 'de' } }), 238],
  ['variables', find({}, { let: { x: 1 } }), 238],
  ['the positional projection', find({ l: 1 }, { projection: { 'l.$': 1 } }), 238],
  ['$lookup', aggregate({ $lookup: { from: 'c', localField: 'a', foreignField: 'a', as: 'x' } }), 40324],
  ['$facet', aggregate({ $facet: { x: [] } }), 40324],
  ['$sample', aggregate({ $sample: { size: 1 } }), 40324],
  ['$merge', aggregate({ $merge: 'x' }), 40324],
  ['$function', aggregate({ $addFields: { x: { $function: {} } } }), 31264],
  ['$dateToString', aggregate({ $addFields: { x: { $dateToString: { date: '$a' } } } }), 168],
  ['a pipeline update', update([{ $set: { a: 1 } }]), 238],
  ['a positional update', update({ $set: { 'l.$[]': 1 } }), 238],
  ['array filters', update({ $set: { l: 1 } }, { arrayFilters: [] }), 238],
  ['a text index', { createIndexes: 'c', indexes: [{ key: { s: 'text' }, name: 't' }] }, 238],
  ['a wildcard index', index({ key: { '$**': 1 } }), 238],
  ['a capped collection', { create: 'capped', capped: true, size: 1000 }, 238],
  ['collMod', { collMod: 'c' }, 238],
  ['explain of an update', { explain: update({ $set: { a: 1 } }) }, 238],
  ['mapReduce', { mapReduce: 'c' }, 238],
];

test.runIf(embedded).each(unsupported)('says that it has not got %s', async (_name, command, code) => {
  const reply = await scene.db.command(command).catch((thrown: Document) => thrown);
  const error = reply.writeErrors ? reply.writeErrors[0] : reply;
  expect(error.code).toBe(code);
  expect(error.errmsg ?? error.errorResponse?.errmsg).not.toBe('');
});

/** One field of a statement is wrong; the statement before it is right. */
const halfRight: [string, Document, number][] = [
  ['an unknown field of an update', { update: 'c', updates: [{ q: {}, u: { a: 1 }, frob: 1 }] }, 40415],
  ['an update without a filter', { update: 'c', updates: [{ u: { a: 1 } }] }, 40414],
  ['an update without an update', { update: 'c', updates: [{ q: {} }] }, 40414],
  ['an update of many in words', { update: 'c', updates: [{ q: {}, u: { $set: { a: 1 } }, multi: 'yes' }] }, 14],
  ['an update with a filter of another type', { update: 'c', updates: [{ q: 1, u: { a: 1 } }] }, 14],
  ['an unknown field of a delete', { delete: 'c', deletes: [{ q: {}, limit: 1, frob: 1 }] }, 40415],
  ['a delete without a limit', { delete: 'c', deletes: [{ q: {} }] }, 40414],
  ['a delete of two', { delete: 'c', deletes: [{ q: {}, limit: 2 }] }, 9],
  ['an insert of a number', { insert: 'c', documents: [1] }, 14],
];

test.each(halfRight)('refuses %s, and applies nothing of the command', async (_name, command, code) => {
  const collection = scene.collection();
  await collection.insertOne({ _id: 1 as never, n: 1 });
  const right: Document = {
    update: { q: {}, u: { $inc: { n: 1 } } },
    delete: { q: {}, limit: 1 },
    insert: { _id: 2 },
  };
  const [name = '', list = ''] = Object.keys(command);
  const whole = { ...command, [name]: collection.collectionName, [list]: [right[name], ...command[list]] };
  expect((await errorOf(scene.db.command(whole))).code).toBe(code);
  expect(await collection.find().toArray()).toEqual([{ _id: 1, n: 1 }]);
});

test.each([{ $a: 1 }, { a: { $b: 1 } }, { a: [{ $b: 1 }] }])('refuses the _id %j', async (_id) => {
  const collection = scene.collection();
  const reply = await scene.db.command({ insert: collection.collectionName, documents: [{ _id }] });
  expect(reply.writeErrors[0].code).toBe(52);
  expect(await collection.countDocuments()).toBe(0);
});

test('refuses renames that cannot be', async () => {
  const code = async (from: string, to: string): Promise<unknown> =>
    (await errorOf(scene.client.db('admin').command({ renameCollection: from, to }))).code;
  const { databaseName: own } = scene.db;
  expect(await code(`${own}.c`, `${own}.c`)).toBe(20);
  expect(await code(`${own}.none`, `${own}.d`)).toBe(26);
  expect(await code('nothing', `${own}.d`)).toBe(73);
});

test('makes none of several indexes when one is refused', async () => {
  const collection = scene.collection();
  await collection.insertMany([{ k: 1 }, { k: 1 }]);
  const both = collection.createIndexes([{ key: { a: 1 } }, { key: { k: 1 }, unique: true }]);
  expect((await errorOf(both)).code).toBe(11000);
  expect(await collection.listIndexes().toArray()).toHaveLength(1);
});

test.runIf(embedded)('has no transactions', async () => {
  const session = scene.client.startSession();
  session.startTransaction();
  const error = await errorOf(scene.db.collection('c').insertOne({}, { session }));
  expect(error.code).toBe(263);
  await session.abortTransaction();
  await session.endSession();
});
