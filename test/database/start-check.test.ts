import { type Db, MongoClient } from 'mongodb';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectDatabase, type Database } from '../../src/database/connect.js';
import { indexes } from '../../src/database/indexes.js';
import { buildTestApp } from '../support/app/build-test-app.js';
import { createFakeClock } from '../support/fake-clock.js';
import { startTestDatabase, uniqueName } from '../support/servers/test-database.js';
import { createTestLogger } from '../support/test-logger.js';

const target = await startTestDatabase();
const client = await MongoClient.connect(target.uri);
let db: Db;
let database: Database | undefined;

beforeEach(() => {
  db = client.db(uniqueName('start'));
});
afterEach(async () => {
  await database?.close();
  database = undefined;
  await db.dropDatabase();
});
afterAll(async () => {
  await client.close();
  await target.close();
});

const uriOf = (name: string) => target.uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${name}`);
const readable = ['products', 'stores', 'events', 'offers', 'categories', 'recommendations'];

async function start(createIndexes: boolean) {
  const clock = createFakeClock();
  const { logger, lines } = createTestLogger();
  const started = connectDatabase({ uri: uriOf(db.databaseName), poolSize: 10, createIndexes, clock, logger });
  database = started;
  await started.ready;
  const warnings = () => lines.filter(({ level }) => level === 'WARN');
  return { clock, lines, warnings, database: started };
}

const existing = async () =>
  (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name).sort();
const fill = async (names: readonly string[]) => {
  for (const name of names) await db.collection(name).insertOne({ name: 'a' });
};

describe('the start of a gateway', () => {
  it('says which server and database it reads, and no credentials', async () => {
    const { lines } = await start(false);
    const connected = lines.find(({ message }) => message === 'database connected');
    expect(connected).toMatchObject({ level: 'INFO', database: db.databaseName });
    expect(connected?.['hosts']).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+$|:\d+$/)]);
    expect(JSON.stringify(lines)).not.toMatch(/mongodb:\/\//);
  });

  it.each([true, false])(
    'makes no collection in an empty database (indexes created: %s), and warns of it',
    async (create) => {
      const { warnings, database: started } = await start(create);
      expect(await existing()).toEqual([]);
      const missing = `database ${db.databaseName}: collections missing: ${readable.join(', ')}`;
      expect(warnings().map(({ message }) => message)).toEqual([missing]);
      expect(started.warnings()).toEqual([missing]);
    },
  );

  it('warns of empty collections, and takes the warning back when they are filled', async () => {
    await fill(readable.slice(1));
    await db.createCollection('products');
    const { clock, lines, database: started } = await start(true);
    expect(started.warnings()).toEqual([`database ${db.databaseName}: collections empty: products`]);
    await fill(['products']);
    await clock.advance(60_000);
    await expect.poll(() => started.warnings()).toEqual([]);
    expect(lines.at(-1)).toMatchObject({ level: 'INFO', message: 'no collection is missing or empty any more' });
  });

  it('makes the indexes that are missing where it may', async () => {
    await fill(readable);
    const { warnings } = await start(true);
    for (const { collection, name } of indexes) {
      expect((await db.collection(collection).indexes()).map((index) => index.name)).toContain(name);
    }
    expect(warnings()).toEqual([]);
  });

  it('only names them, in one warning, where it may not', async () => {
    await fill(readable);
    const [first, ...others] = indexes;
    if (first === undefined) throw new Error('no index in the table');
    // The same keys under a name of the shop's own will do.
    await db.collection(first.collection).createIndex({ ...first.keys }, { name: 'of_the_shop' });
    const { warnings } = await start(false);
    expect(warnings()).toHaveLength(1);
    const named = warnings()[0]?.['indexes'];
    expect(named).toHaveLength(others.length);
    expect(named).toEqual(
      expect.arrayContaining(others.map(({ collection, name, keys }) => ({ collection, name, keys }))),
    );
    expect(await db.collection('stores').indexes()).toHaveLength(1);
  });

  it('lets an empty shop be seen in /readyz, and serve', async () => {
    const app = await buildTestApp(uriOf(db.databaseName));
    const { status, text } = await app.get('/readyz');
    expect(status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      status: 'ready',
      warnings: [expect.stringContaining('missing: products')],
    });
    expect((await app.get('/api/v1/homepage')).status).toBe(200);
    await app.close();
    expect(await existing()).toEqual([]);
  });
});
