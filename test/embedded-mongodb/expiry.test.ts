import { MongoClient } from 'mongodb';
import { afterAll, expect, test } from 'vitest';
import { startEmbeddedDatabase } from '../../src/embedded-mongodb/embedded-server.js';
import { createFakeClock } from '../support/fake-clock.js';

const clock = createFakeClock();
const database = await startEmbeddedDatabase({ clock });
const client = new MongoClient(database.uri);

afterAll(async () => {
  await client.close();
  await database.close();
});

test('deletes documents within a minute after their time is over', async () => {
  const visits = client.db('expiry').collection<{ _id: string; at?: unknown; kept?: boolean }>('visits');
  await visits.createIndex({ at: 1 }, { expireAfterSeconds: 3600, partialFilterExpression: { kept: false } });
  const started = clock.now();
  const ago = (seconds: number): Date => new Date(started - seconds * 1000);
  await visits.insertMany([
    { _id: 'old', at: ago(3700), kept: false },
    { _id: 'oldest of several', at: [ago(10), ago(3700)], kept: false },
    { _id: 'soon', at: ago(3500), kept: false },
    { _id: 'not covered', at: ago(9999), kept: true },
    { _id: 'no date', at: 5, kept: false },
    { _id: 'without', kept: false },
  ]);
  const left = async (): Promise<string[]> => (await visits.find().toArray()).map(({ _id }) => _id);
  expect(await left()).toHaveLength(6);
  await clock.advance(60_000);
  expect(await left()).toEqual(['soon', 'not covered', 'no date', 'without']);
  await clock.advance(120_000);
  expect(await left()).toEqual(['not covered', 'no date', 'without']);
});
