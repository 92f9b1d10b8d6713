import { Double, Long, MongoClient, ObjectId } from 'mongodb';
import mongoose from 'mongoose';
import { startEmbeddedDatabase } from '../../src/database/embedded/server.js';

const db = await startEmbeddedDatabase({});
console.log(db.uri);
const client = new MongoClient(db.uri);
await client.connect();
const c = client.db('t').collection('x');
console.log(
  await c.insertMany([
    { a: 1, l: Long.fromNumber(5), d: new Double(5) },
    { a: 2, o: new ObjectId() },
    { a: 'x' },
    { a: [1, 5] },
  ]),
);
console.log(
  await c
    .find({ a: { $gt: 1 } })
    .sort({ a: -1 })
    .toArray(),
);
console.log(await c.countDocuments({ a: { $gte: 1 } }), await c.estimatedDocumentCount(), await c.distinct('a'));
console.log(
  await c.updateOne({ a: 2 }, { $set: { 'q.r': 1 }, $inc: { a: 1 } }),
  await c.findOneAndUpdate({ a: 3 }, { $push: { z: { $each: [1, 2] } } }, { returnDocument: 'after' }),
);
await c.createIndex({ e: 1 }, { unique: true, sparse: true });
await c.insertOne({ e: 'a' });
await c.insertOne({ e: 'a' }).catch((e) => console.log(e.message, e.code, e.keyValue));
const cs = c.watch([{ $match: { operationType: 'update' } }], { fullDocument: 'updateLookup' });
const p = cs.next();
await new Promise((r) => setTimeout(r, 50));
await c.updateOne({ a: 3 }, { $push: { z: 7 }, $unset: { o: 1 } });
console.log(JSON.stringify(await p));
await cs.close();
await client
  .db('admin')
  .command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['insert'], closeConnection: true },
  });
console.log(await c.insertOne({ retry: 1 }), await c.countDocuments({ retry: 1 }));
let t = Date.now();
await client
  .db('t')
  .collection('big')
  .insertMany(
    Array.from({ length: 100000 }, (_, i) => ({
      i,
      name: 'p' + i,
      featured: i % 3 === 0,
      isActive: i % 2 === 0,
      inventory: { stock: i % 7 },
      rating: (i % 50) / 10,
      createdAt: new Date(i),
    })),
  );
console.log('insert 100k', Date.now() - t);
t = Date.now();
console.log((await client.db('t').collection('big').find({}).toArray()).length, 'read 100k', Date.now() - t);
t = Date.now();
await client
  .db('t')
  .collection('p')
  .insertMany(
    Array.from({ length: 5000 }, (_, i) => ({
      i,
      name: 'p' + i,
      featured: i % 3 === 0,
      isActive: i % 2 === 0,
      inventory: { stock: i % 7 },
      rating: (i % 50) / 10,
      createdAt: new Date(i),
    })),
  );
for (let k = 0; k < 5; k++) {
  t = performance.now();
  await client
    .db('t')
    .collection('p')
    .find({ featured: true, isActive: true, 'inventory.stock': { $gt: 0 } })
    .sort({ rating: -1, views: -1, createdAt: -1 })
    .limit(20)
    .toArray();
  console.log('query', performance.now() - t);
}
const conn = await mongoose.createConnection(db.uri).asPromise();
const M = conn.model(
  'U',
  new mongoose.Schema(
    { email: { type: String, unique: true }, loc: { type: { type: String }, coordinates: [Number] }, n: Number },
    { timestamps: true },
  ),
);
await M.init();
await M.create({ email: 'a@b', n: 1 });
console.log(await M.find().lean(), await M.collection.indexes());
await M.create({ email: 'a@b' }).catch((e) => console.log(e.message));
await conn.close();
await client.close();
console.log('closed', db.runningOperations());
await db.close();
console.log('done');
