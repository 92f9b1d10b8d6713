import mongoose, { Schema, type Types } from 'mongoose';
import { afterAll, expect, test } from 'vitest';
import { errorOf, openScene } from '../../support/servers/embedded-mongodb.js';

const scene = await openScene('mongoose');
const connection = await mongoose
  .createConnection(scene.target.uri, { dbName: scene.db.databaseName, autoIndex: false })
  .asPromise();

afterAll(() => connection.close());

const Store = connection.model('Store', new Schema({ name: { type: String, required: true }, slug: String }));
const productSchema = new Schema(
  {
    name: String,
    price: Number,
    store: { type: Schema.Types.ObjectId, ref: 'Store' },
    inventory: { stock: Number },
    featured: Boolean,
    location: { type: { type: String, enum: ['Point'] }, coordinates: { type: [Number], default: undefined } },
  },
  { timestamps: true, strictQuery: true },
);
productSchema.index({ featured: 1, price: -1 }, { name: 'featured_price' });
productSchema.index({ name: 1 }, { unique: true });
productSchema.index({ location: '2dsphere' });
const Product = connection.model('Product', productSchema);

test('saves, finds lean, populates, updates and counts', async () => {
  await Product.ensureIndexes();
  const store = await Store.create({ name: 'Corner' });
  await Product.create([
    { name: 'a', price: 3, store: store._id, inventory: { stock: 1 }, featured: true },
    { name: 'b', price: 5, store: store._id, inventory: { stock: 0 }, featured: true },
    { name: 'c', price: 4, featured: false },
  ]);
  const lean = await Product.find({ featured: true, 'inventory.stock': { $gt: 0 } })
    .sort({ price: -1 })
    .select('name price')
    .lean();
  expect(lean).toEqual([{ _id: lean[0]?._id, name: 'a', price: 3 }]);
  const populated = await Product.findOne({ name: 'b' }).populate<{ store: { name: string } }>('store').lean();
  expect(populated?.store.name).toBe('Corner');
  const changed = await Product.findOneAndUpdate({ name: 'c' }, { $inc: { price: 1 } }, { returnDocument: 'after' });
  expect(changed?.price).toBe(5);
  const document = await Product.findOne({ name: 'a' });
  document?.set({ price: 9 });
  await document?.save();
  expect(await Product.countDocuments({ price: { $gte: 5 } })).toBe(3);
  expect(await Product.exists({ name: 'zzz' })).toBeNull();
  expect(await Product.find({ unknown: 1 } as object).lean()).toHaveLength(3);
  const ids = lean.map(({ _id }) => _id as Types.ObjectId);
  expect(await Product.find({ _id: { $in: ids } }).lean()).toHaveLength(1);
});

test('makes the indexes of its schemas, twice without harm', async () => {
  await Product.ensureIndexes();
  await Product.createIndexes();
  const names = (await Product.listIndexes()).map(({ name }) => name);
  expect(names.sort()).toEqual(['_id_', 'featured_price', 'location_2dsphere', 'name_1']);
  expect((await errorOf(Product.create({ name: 'a' }))).code).toBe(11000);
});

test('makes an index with a time to live once, and shows it', async () => {
  const Visit = connection.model('Visit', new Schema({ at: { type: Date, expires: '1h' } }));
  await Visit.ensureIndexes();
  await Visit.createIndexes();
  expect(await Visit.listIndexes()).toMatchObject([{ name: '_id_' }, { name: 'at_1', expireAfterSeconds: 3600 }]);
  const other = Visit.collection.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
  expect((await errorOf(other)).code).toBe(85);
});

test('passes maxTimeMS on, and a cursor reads everything', async () => {
  const names: string[] = [];
  for await (const { name } of Product.find().sort({ name: 1 }).maxTimeMS(5000).batchSize(1).lean().cursor())
    names.push(String(name));
  expect(names).toEqual(['a', 'b', 'c']);
});
