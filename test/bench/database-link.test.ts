import { MongoClient } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type DatabaseLink, openDatabaseLink } from '../../bench/scenarios/database-link.js';
import { startEmbeddedDatabase } from '../../src/embedded-mongodb/embedded-server.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function linked(): Promise<{ link: DatabaseLink; client: MongoClient }> {
  const database = await startEmbeddedDatabase();
  closing.push(database.close);
  const link = await openDatabaseLink(database.uri);
  closing.push(link.close);
  const client = new MongoClient(link.uri, { serverSelectionTimeoutMS: 500 });
  closing.push(() => client.close());
  return { link, client };
}

describe('link to the database', () => {
  it('counts finds by collection, and other commands not', async () => {
    const { link, client } = await linked();
    const events = client.db().collection('events');
    await events.insertMany([{ title: 'one' }, { title: 'two' }]);
    await events.find().toArray();
    await client.db().collection('offers').find().toArray();
    await events.find({ title: 'one' }).toArray();
    await events.countDocuments();
    expect([link.finds('events'), link.finds('offers'), link.finds('stores')]).toEqual([2, 1, 0]);
    link.reset();
    expect(link.finds('events')).toBe(0);
  });

  it('holds back an answer that the database has already given', async () => {
    const { link, client } = await linked();
    const events = client.db().collection('events');
    await events.insertOne({ title: 'old' });
    link.delayFinds(1000);
    let isAnswered = false;
    const read = events
      .find()
      .toArray()
      .finally(() => {
        isAnswered = true;
      });
    await events.updateOne({}, { $set: { title: 'new' } });
    expect(isAnswered).toBe(false);
    expect((await read).map(({ title }) => title)).toEqual(['old']);
  });

  it('fails reads while it is cut, and serves again afterwards', async () => {
    const { link, client } = await linked();
    const events = client.db().collection('events');
    await events.insertOne({ title: 'one' });
    link.cut(true);
    await expect(events.find().toArray()).rejects.toThrow();
    link.cut(false);
    expect(await events.countDocuments()).toBe(1);
  });
});
