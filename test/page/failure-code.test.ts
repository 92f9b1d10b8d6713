import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { MongoNetworkError, MongoServerError } from 'mongodb';
import { expect, it } from 'vitest';
import { failureCode } from '../../src/database/failure.js';

/** What Node says to a write on a connection that the other end has closed, as it does when a database dies. */
async function writeAfterTheEnd(): Promise<unknown> {
  const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.resume();
  socket.on('error', () => undefined);
  const error = await new Promise((resolve) => {
    socket.once('end', () => setImmediate(() => socket.write('a command', resolve)));
  });
  server.close();
  return error;
}

it('a write to a database that has just gone is no database, not a section that failed', async () => {
  const error = await writeAfterTheEnd();
  expect(error).toMatchObject({ code: 'EPIPE' });
  expect(failureCode(error)).toBe('DB_CONNECTION_ERROR');
});

it.each([
  ['a network error of the driver', new MongoNetworkError('gone'), 'DB_CONNECTION_ERROR'],
  ['a server that steps down', new MongoServerError({ message: 'bye', code: 189 }), 'DB_CONNECTION_ERROR'],
  ['an operation that took too long', new MongoServerError({ message: 'late', code: 50 }), 'TIMEOUT_ERROR'],
  ['any other answer of the server', new MongoServerError({ message: 'no', code: 96 }), 'SECTION_FETCH_ERROR'],
  ['an error of ours', new TypeError('no'), 'SECTION_FETCH_ERROR'],
])('%s', (_, error, code) => {
  expect(failureCode(error)).toBe(code);
});
