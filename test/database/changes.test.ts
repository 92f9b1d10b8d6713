import { type Document, Long, MongoClient, Timestamp } from 'mongodb';
import { afterEach, describe, expect, it } from 'vitest';
import { type ChangeFeed, feedFailure, openChangeFeed } from '../../src/database/changes.js';
import { createFakeClock } from '../support/fake-clock.js';
import { startScriptedMongodb } from '../support/servers/scripted-mongodb.js';
import { startTestDatabase, uniqueName } from '../support/servers/test-database.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A feed on products and stores of a server whose answers to `aggregate` and `getMore` the test writes. */
async function openScripted(
  reply: (name: string, command: Document) => Document | 'silence' | undefined,
  clock = createFakeClock(),
) {
  const server = await startScriptedMongodb(reply);
  const client = new MongoClient(server.uri);
  closing.push(server.close, () => client.close());
  const opening = openChangeFeed({
    database: client.db(),
    collections: ['products', 'stores'],
    resumeToken: undefined,
    clock,
  });
  return { server, opening, clock };
}

const batch = (id: Long, events: Document[], name: 'firstBatch' | 'nextBatch'): Document => ({
  ok: 1,
  cursor: { id, ns: 'shop.$cmd.aggregate', [name]: events, postBatchResumeToken: { _data: '01' } },
});
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a change feed', () => {
  it('does not stand on a cursor that the server closes with its first answer', async () => {
    const { opening } = await openScripted(() => batch(Long.ZERO, [], 'firstBatch'));
    const error = await rejection(opening);
    expect(error).toMatchObject({ message: 'the server has ended the change stream' });
    expect(feedFailure(error)).toBe('broken');
  });

  it('ends, instead of saying for ever that there is no news, when the server closes its cursor', async () => {
    const { opening } = await openScripted((name) =>
      name === 'aggregate' ? batch(Long.fromNumber(7), [], 'firstBatch') : batch(Long.ZERO, [], 'nextBatch'),
    );
    const feed = await opening;
    const error = await rejection(
      (async () => {
        for (let asked = 0; asked < 3; asked += 1) await feed.next();
      })(),
    );
    expect(error).toMatchObject({ message: 'the server has ended the change stream' });
  });

  it('ends when the server has not answered for 10 s', async () => {
    const { opening, clock, server } = await openScripted((name) =>
      name === 'aggregate' ? batch(Long.fromNumber(7), [], 'firstBatch') : 'silence',
    );
    const feed = await opening;
    const ended = rejection(feed.next());
    await expect.poll(() => server.commands).toContain('getMore');
    await clock.advance(9_999);
    expect(await Promise.race([ended, 'waiting'])).toBe('waiting');
    await clock.advance(1);
    const error = await ended;
    expect(error).toMatchObject({ message: 'the server has not answered for 10 s' });
    expect(feedFailure(error)).toBe('broken');
  });

  it('is not waited for when a server is silent from the start', async () => {
    const { opening, clock, server } = await openScripted(() => 'silence');
    const ended = rejection(opening);
    await expect.poll(() => server.commands).toContain('aggregate');
    await clock.advance(10_000);
    expect(await ended).toMatchObject({ message: 'the server has not answered for 10 s' });
  });

  it.each([13, 2, 8000, 115, 136, 238, 286, 304])('rejects with what the server refuses it with (%i)', async (code) => {
    const { opening } = await openScripted(() => ({ ok: 0, code, codeName: 'Refused', errmsg: 'not here' }));
    expect(await rejection(opening)).toMatchObject({ code, message: 'not here' });
  });

  it.each<[string, Document, Document]>([
    [
      'a collection that gets the name of one of ours',
      { operationType: 'rename', ns: { db: 'shop', coll: 'import' }, to: { db: 'shop', coll: 'products' } },
      { type: 'other', collection: 'products' },
    ],
    [
      'one of ours that is renamed',
      { operationType: 'rename', ns: { db: 'shop', coll: 'stores' }, to: { db: 'shop', coll: 'old' } },
      { type: 'other', collection: 'stores' },
    ],
    [
      'one of ours that takes the place of another',
      { operationType: 'rename', ns: { db: 'shop', coll: 'stores' }, to: { db: 'shop', coll: 'products' } },
      { type: 'other', collection: undefined },
    ],
    [
      'one that is dropped',
      { operationType: 'drop', ns: { db: 'shop', coll: 'stores' } },
      { type: 'other', collection: 'stores' },
    ],
    [
      'the database that is dropped',
      { operationType: 'dropDatabase', ns: { db: 'shop' } },
      { type: 'other', collection: undefined, madeAt: undefined },
    ],
    [
      'when a change was made (MongoDB 6)',
      { operationType: 'drop', wallTime: new Date(1_700_000_000_123), clusterTime: new Timestamp({ t: 17, i: 1 }) },
      { madeAt: 1_700_000_000_123 },
    ],
    [
      'when a change was made, to the second (before MongoDB 6)',
      { operationType: 'drop', clusterTime: new Timestamp({ t: 1_700_000_000, i: 1 }) },
      { madeAt: 1_700_000_000_000 },
    ],
  ])('tells of %s', async (_, event, change) => {
    const { opening } = await openScripted(() =>
      batch(Long.fromNumber(7), [{ _id: { _data: '02' }, ...event }], 'firstBatch'),
    );
    expect(await (await opening).next()).toMatchObject(change);
  });

  it('asks for changes of our collections by their old and their new name, and for those of the database', async () => {
    const pipelines: unknown[] = [];
    const { opening } = await openScripted((name, command) => {
      if (name === 'aggregate') pipelines.push(command['pipeline']);
      return batch(Long.fromNumber(7), [], name === 'aggregate' ? 'firstBatch' : 'nextBatch');
    });
    await opening;
    const ours = { $in: ['products', 'stores'] };
    const whole = { operationType: { $in: ['dropDatabase', 'invalidate'] } };
    expect(pipelines).toEqual([
      [{ $changeStream: {} }, { $match: { $or: [{ 'ns.coll': ours }, { 'to.coll': ours }, whole] } }],
    ]);
  });

  it('is lost, with its place, when the database goes', async () => {
    const { opening } = await openScripted(() =>
      batch(Long.ZERO, [{ _id: { _data: '02' }, operationType: 'invalidate' }], 'firstBatch'),
    );
    const error = await rejection(opening.then((feed) => feed.next()));
    expect(feedFailure(error)).toBe('lost');
  });
});

describe('a change feed on a database', () => {
  /** The changes up to the first that is asked for, or the failure that ends the feed. */
  async function until(feed: ChangeFeed, isLast: (change: Document) => boolean): Promise<unknown[]> {
    const seen: unknown[] = [];
    for (;;) {
      const change = await feed.next();
      if (change === undefined) continue;
      seen.push([change.type, change.collection]);
      if (isLast(change)) return seen;
    }
  }

  async function openReal() {
    const target = await startTestDatabase();
    const client = new MongoClient(target.uri);
    const database = client.db(uniqueName('feed'));
    closing.push(
      target.close,
      () => client.close(),
      () => database.dropDatabase(),
    );
    await database.collection('products').insertOne({ name: 'a' });
    const clock = createFakeClock();
    const feed = await openChangeFeed({
      database,
      collections: ['products', 'stores'],
      resumeToken: undefined,
      clock,
    });
    closing.push(feed.close);
    return { database, feed };
  }

  it('tells of documents and of dropped collections, and of none that is not ours', async () => {
    const { database, feed } = await openReal();
    await database.collection('warehouse').insertOne({ name: 'x' });
    await database.collection('stores').insertOne({ name: 'b' });
    await database.collection('products').drop();
    expect(await until(feed, ({ type }) => type === 'other')).toEqual([
      ['insert', 'stores'],
      ['other', 'products'],
    ]);
  });

  it('ends as lost when the database is dropped', async () => {
    const { database, feed } = await openReal();
    await database.dropDatabase();
    const error = await rejection(until(feed, () => false));
    expect(feedFailure(error)).toBe('lost');
  });
});
