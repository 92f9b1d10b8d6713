import { SingleBar } from 'cli-progress';
import { MongoClient } from 'mongodb';
import { ConfigError, loadConfig } from '../config/config.js';
import { systemClock } from '../core/clock.js';
import { createLogger } from '../core/logger.js';
import { ensureIndexes } from '../database/ensure-indexes.js';
import { collectionNames } from '../database/models/collections.js';
import { demoOptions } from '../demo/demo-database.js';
import { loadDemoData } from '../demo/load-demo-data.js';
import { readOptions } from './command-line.js';

/** `npm run seed`: writes demo data and indexes into `MONGODB_URI`. Refuses when a collection holds documents already. */
const { products, seed } = readOptions({
  usage: 'npm run seed -- [--products N] [--seed N]',
  description: 'Writes demo data and indexes into the database that MONGODB_URI names. It must be empty.',
  options: demoOptions,
});

async function run(): Promise<void> {
  const config = loadConfig();
  if (config.database.uri === undefined) throw new ConfigError(['MONGODB_URI: expected, because this writes into it']);
  const logger = createLogger({ level: config.logLevel, pretty: process.stdout.isTTY });
  const client = await MongoClient.connect(config.database.uri, { serverSelectionTimeoutMS: 5000 });
  try {
    const database = client.db();
    for (const name of collectionNames) {
      if ((await database.collection(name).findOne({}, { projection: { _id: 1 } })) === null) continue;
      throw new Error(
        `Collection ${database.databaseName}.${name} is not empty: drop it first, demo data is not mixed in`,
      );
    }
    await ensureIndexes({ database, logger });
    const bar = new SingleBar({
      format: '{bar} {percentage}% {value}/{total} {collection}',
      noTTYOutput: true,
      notTTYSchedule: 5000,
    });
    bar.start(1, 0, { collection: '' });
    const counts = await loadDemoData({
      products,
      seed,
      now: systemClock.now(),
      insert: async (collection, documents) => {
        await database.collection(collection).insertMany(documents, { ordered: false });
      },
      onProgress: ({ collection, inserted, total }) => {
        bar.setTotal(total);
        bar.update(inserted, { collection });
      },
    });
    bar.stop();
    console.log(
      Object.entries(counts)
        .map(([name, count]) => `${name}: ${count}`)
        .join(', '),
    );
  } finally {
    await client.close();
  }
}

run().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
