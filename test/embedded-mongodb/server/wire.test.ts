import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { BSON, MongoClient } from 'mongodb';
import { afterAll, expect, test } from 'vitest';
import { startEmbeddedDatabase } from '../../../src/embedded-mongodb/embedded-server.js';

const database = await startEmbeddedDatabase();
const client = new MongoClient(database.uri);

afterAll(async () => {
  await client.close();
  await database.close();
});

async function open(): Promise<Socket> {
  const socket = connect(database.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

function message(body: Uint8Array, options: { opCode?: number; length?: number; flags?: number } = {}): Buffer {
  const head = Buffer.alloc(20);
  head.writeInt32LE(options.length ?? head.length + body.length, 0);
  head.writeInt32LE(7, 4);
  head.writeInt32LE(options.opCode ?? 2013, 12);
  head.writeUInt32LE(options.flags ?? 0, 16);
  return Buffer.concat([head, body]);
}

const section = (document: object): Buffer => Buffer.concat([Buffer.from([0]), BSON.serialize(document)]);
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value, 0);
  return bytes;
};
const ping = section({ ping: 1, $db: 'admin' });

const garbage: [string, Buffer][] = [
  ['an HTTP request', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
  ['a TLS hello', Buffer.concat([Buffer.from('16030100f1010000ed0303', 'hex'), Buffer.alloc(235, 7)])],
  ['zeros', Buffer.alloc(64)],
  ['an absurd length', message(ping, { length: 0x7fffffff })],
  ['a length past the bound', message(ping, { length: 48_000_001 })],
  ['a negative length', message(ping, { length: -5 })],
  ['a length without a header', message(ping, { length: 15 })],
  ['an unknown opcode', message(ping, { opCode: 4711 })],
  ['unknown required flags', message(ping, { flags: 1 << 5 })],
  ['no sections', message(Buffer.alloc(0))],
  ['an unknown section', message(Buffer.concat([Buffer.from([9]), ping.subarray(1)]))],
  ['two bodies', message(Buffer.concat([ping, ping]))],
  ['no $db', message(section({ ping: 1 }))],
  ['a body longer than its message', message(Buffer.concat([Buffer.from([0]), int32(5000), Buffer.alloc(20)]))],
  ['BSON of random bytes', message(Buffer.concat([Buffer.from([0]), int32(25), Buffer.from('7f'.repeat(21), 'hex')]))],
  ['a sequence without a name', message(Buffer.concat([ping, Buffer.from([1]), int32(8), Buffer.from('abcd')]))],
  ['an old insert', message(Buffer.alloc(30), { opCode: 2002 })],
];

test.each(garbage)('closes a connection that sends %s, and no other', async (_name, bytes) => {
  const [socket, other] = [await open(), await open()];
  const closed = once(socket, 'close');
  socket.write(bytes);
  await closed;
  other.write(message(ping));
  const [answer] = (await once(other, 'data')) as [Buffer];
  expect(BSON.deserialize(answer.subarray(21))).toMatchObject({ ok: 1 });
  other.destroy();
});

test('takes messages in pieces, and several in one piece', async () => {
  const socket = await open();
  const answers: Buffer[] = [];
  const three = new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      answers.push(chunk);
      const all = Buffer.concat(answers);
      let count = 0;
      for (let at = 0; at < all.length; at += all.readInt32LE(at)) count += 1;
      if (count === 3) resolve();
    });
  });
  const bytes = message(ping);
  socket.write(bytes.subarray(0, 3));
  await new Promise((resolve) => setImmediate(resolve));
  socket.write(Buffer.concat([bytes.subarray(3), bytes, bytes]));
  await three;
  socket.destroy();
});

test('takes document sequences and checksums, and is silent when told that more is to come', async () => {
  const socket = await open();
  const documents = Buffer.concat([Buffer.from('documents\0'), BSON.serialize({ _id: 1 }), BSON.serialize({ _id: 2 })]);
  const sequence = Buffer.concat([Buffer.from([1]), int32(documents.length + 4), documents]);
  const insert = section({ insert: 'sequence', $db: 'wire' });
  socket.write(message(Buffer.concat([insert, sequence]), { flags: 2 }));
  socket.write(message(Buffer.concat([section({ count: 'sequence', $db: 'wire' }), Buffer.alloc(4)]), { flags: 1 }));
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(BSON.deserialize(answer.subarray(21))).toMatchObject({ n: 2, ok: 1 });
  socket.destroy();
});

test('a client that leaves ends what it was running', async () => {
  await client.db('admin').command({
    configureFailPoint: 'failCommand',
    mode: { times: 1 },
    data: { failCommands: ['distinct'], blockConnection: true, blockTimeMS: 60_000 },
  });
  const socket = await open();
  socket.write(message(section({ distinct: 'c', key: 'a', $db: 'wire' })));
  while (database.runningOperations() === 0) await client.db('admin').command({ ping: 1 });
  socket.destroy();
  while (database.runningOperations() > 0) await client.db('admin').command({ ping: 1 });
  expect(database.runningOperations()).toBe(0);
});

test('says that its port is taken', async () => {
  await expect(startEmbeddedDatabase({ port: database.port })).rejects.toThrow(`port ${database.port} is in use`);
});

test('frees its port, and starts there again', async () => {
  const first = await startEmbeddedDatabase();
  const one = new MongoClient(first.uri, { serverSelectionTimeoutMS: 2000 });
  await one.db('x').collection('c').insertOne({ a: 1 });
  await first.close();
  const second = await startEmbeddedDatabase({ port: first.port });
  expect(await one.db('x').collection('c').countDocuments()).toBe(0);
  await one.close();
  await second.close();
});

test('loads documents in process, as an insert does', async () => {
  const stream = client.db('shop').collection('products').watch([], { maxAwaitTimeMS: 50 });
  await stream.tryNext();
  await database.insertMany('shop', 'products', [{ name: 'a' }, { name: 'b' }]);
  expect(await stream.next()).toMatchObject({ operationType: 'insert', fullDocument: { name: 'a' } });
  expect(
    await client
      .db('shop')
      .collection('products')
      .countDocuments({ _id: { $type: 'objectId' } }),
  ).toBe(2);
  await stream.close();
});
