import { BSON, Decimal128, type Document, Double, Int32, Long, MongoClient } from 'mongodb';
import { afterAll, describe, expect, it } from 'vitest';
import type { StoredDocument } from '../../src/database/collection-source.js';
import { connectDatabase } from '../../src/database/connect.js';
import { createFakeClock } from '../support/fake-clock.js';
import { startScriptedMongodb } from '../support/servers/scripted-mongodb.js';
import { startTestDatabase, uniqueName } from '../support/servers/test-database.js';
import { silentLogger } from '../support/test-logger.js';

const closing: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** What a gateway reads of the only product of a database. */
async function readProduct(uri: string): Promise<StoredDocument | undefined> {
  const clock = createFakeClock();
  const database = connectDatabase({ uri, poolSize: 2, createIndexes: false, clock, logger: silentLogger });
  await database.ready;
  const read = { signal: AbortSignal.timeout(5000), remainingMs: () => 5000 };
  const [found] = await database.sources.products
    .find({ filter: {}, select: ['name', 'price', 'inventory'], ...read })
    .finally(database.close);
  return found;
}

describe('stored values', () => {
  it.each<[string, unknown, number]>([
    ['int32', new Int32(12), 12],
    ['int64', Long.fromNumber(12), 12],
    ['int64 beyond 2^53', Long.fromString('9007199254740993'), 9_007_199_254_740_992],
    ['double', new Double(12.5), 12.5],
    ['Decimal128', Decimal128.fromString('12.50'), 12.5],
    ['Decimal128 with an exponent', Decimal128.fromString('1.25E+2'), 125],
  ])('of type %s are read as numbers, nested ones too', async (_, stored, expected) => {
    const target = await startTestDatabase();
    const client = await MongoClient.connect(target.uri);
    const db = client.db(uniqueName('values'));
    await db.collection('products').insertOne({ price: stored, inventory: { stock: stored, levels: [stored] } });
    const uri = target.uri.replace(/^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/[^?]*)?/, `$1/${db.databaseName}`);
    expect(await readProduct(uri)).toMatchObject({
      price: expected,
      inventory: { stock: expected, levels: [expected] },
    });
    await db.dropDatabase();
    await client.close();
    await target.close();
  });

  it('that are text but not UTF-8 are read with U+FFFD, and cost nothing else', async () => {
    const server = await startScriptedMongodb((name) => (name === 'find' ? withBadText() : undefined));
    closing.push(server.close);
    expect(await readProduct(server.uri)).toMatchObject({ name: 'Caf\uFFFD', price: 3 });
  });
});

/** An answer to `find` with a name in Latin-1. */
function withBadText(): Uint8Array {
  const answer: Document = {
    ok: 1,
    cursor: { id: Long.ZERO, ns: 'shop.products', firstBatch: [{ _id: 1, name: 'Caf?', price: 3 }] },
  };
  const bytes = BSON.serialize(answer);
  bytes[Buffer.from(bytes).indexOf('Caf?') + 3] = 0xe9;
  return bytes;
}
