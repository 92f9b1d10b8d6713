import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import { afterAll } from 'vitest';
import { startTestDatabase, type TestDatabase, uniqueName } from './test-database.js';

/** A database of a test file's own, with a client; both are gone after its tests. */
export interface Scene {
  readonly target: TestDatabase;
  readonly client: MongoClient;
  readonly db: Db;
  /** A collection that no other test uses. */
  collection(): Collection<Document>;
  /** A client that is closed after the tests. */
  connect(options?: MongoClientOptions): MongoClient;
  /** Sets MongoDB's `failCommand`. */
  failCommand(mode: unknown, data?: Document): Promise<void>;
}

/** To be awaited at the top of a test file. */
export async function openScene(prefix: string): Promise<Scene> {
  const target = await startTestDatabase();
  const clients: MongoClient[] = [];
  const connect = (options: MongoClientOptions = {}): MongoClient => {
    const client = new MongoClient(target.uri, options);
    clients.push(client);
    return client;
  };
  const client = connect();
  const db = client.db(uniqueName(prefix));
  let collections = 0;

  afterAll(async () => {
    await db.dropDatabase();
    for (const one of clients) await one.close();
    await target.close();
  });

  return {
    target,
    client,
    db,
    connect,
    collection: () => {
      collections += 1;
      return db.collection<Document>(`c${collections}`);
    },
    failCommand: async (mode, data) => {
      await client.db('admin').command({ configureFailPoint: 'failCommand', mode, ...(data ? { data } : {}) });
    },
  };
}

/** The error that a promise rejects with; fails where it resolves. */
export async function errorOf(promise: Promise<unknown>): Promise<Document> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    if (typeof error === 'object' && error !== null) return error;
    throw error;
  }
  throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
}
