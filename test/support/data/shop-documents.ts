import { randomBytes } from 'node:crypto';
import { type Db, type Document, MongoClient } from 'mongodb';
import { ensureIndexes } from '../../../src/database/ensure-indexes.js';
import { loadDemoData } from '../../../src/demo/load-demo-data.js';
import { startTestDatabase } from '../servers/test-database.js';
import { silentLogger } from '../test-logger.js';

/** A shop's database of its own, with demo data, on whatever MongoDB there is. */
export interface Shop {
  readonly uri: string;
  readonly db: Db;
  readonly seed: number;
  /** Sets MongoDB's own `failCommand` fail point, for this shop's collection. */
  fail(collection: string | undefined, data: Document, mode?: string | Document): Promise<void>;
  heal(): Promise<void>;
  /** How many operations the database is busy with, this question not counted. */
  running(): Promise<number>;
  close(): Promise<void>;
}

export async function startShop(options: { now: number; products?: number; seed?: number }): Promise<Shop> {
  const { now, products = 300, seed = 1 } = options;
  const database = await startTestDatabase();
  const name = `shop_${randomBytes(6).toString('hex')}`;
  const uri = database.uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);
  const client = await MongoClient.connect(uri);
  const db = client.db();
  await loadDemoData({
    products,
    seed,
    now,
    insert: async (collection, documents) => {
      await db.collection(collection).insertMany(documents);
    },
  });
  await ensureIndexes({ database: db, logger: silentLogger });
  const configure = async (mode: string | Document, data?: Document) => {
    await client
      .db('admin')
      .command({ configureFailPoint: 'failCommand', mode, ...(data === undefined ? {} : { data }) });
  };
  return {
    uri,
    db,
    seed,
    fail: (collection, data, mode = 'alwaysOn') =>
      configure(mode, {
        failCommands: ['find', 'aggregate', 'count'],
        ...(collection === undefined ? {} : { namespace: `${name}.${collection}` }),
        ...data,
      }),
    heal: () => configure('off'),
    running: () => runningOperations(client, name),
    close: async () => {
      await configure('off');
      await db.dropDatabase();
      await client.close();
      await database.close();
    },
  };
}

/** MongoDB tells by `$currentOp`, where an idle change stream is one, too; the embedded server counts them itself. */
async function runningOperations(client: MongoClient, name: string): Promise<number> {
  const admin = client.db('admin');
  const { globalLock, storageEngine } = await admin.command({ serverStatus: 1 });
  if (storageEngine.name === 'embedded') return globalLock.activeClients.total;
  const busy = { $match: { active: true, op: { $ne: 'getmore' }, ns: { $regex: `^${name}\\.` } } };
  return (await admin.aggregate([{ $currentOp: {} }, busy]).toArray()).length;
}
