import { createServer as createHttpServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConnectionGate } from '../../../src/http/connections/connection-gate.js';
import { connectionBounds, createServer } from '../../../src/http/server.js';
import { silentLogger } from '../../support/test-logger.js';

let server: FastifyInstance;
let sockets: Socket[];
let entered: number;
let release: () => void;
/** More than the kernel takes for a client that does not read. */
const LARGE = 'x'.repeat(16_777_216);

const start = async (bounds: Parameters<typeof createServer>[0]['bounds']) => {
  server = await createServer({
    ...{ logger: silentLogger, draining: () => false, production: false, corsOrigins: [] },
    bounds: { checkEveryMs: 10, ...bounds },
  });
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  server.get('/slow/:name', async (request) => {
    entered += 1;
    await gate;
    return request.params;
  });
  server.get('/large', async () => {
    entered += 1;
    return LARGE;
  });
  server.get('/small', async () => 'small');
  server.post('/body', async () => 'taken');
  await server.listen({ port: 0, host: '127.0.0.1' });
};
beforeEach(() => {
  sockets = [];
  entered = 0;
  release = () => {};
});
afterEach(async () => {
  release();
  for (const socket of sockets) socket.destroy();
  await server.close();
});

function open(): Socket {
  const [address] = server.addresses();
  const socket = connect(typeof address === 'object' ? address.port : 0, '127.0.0.1').setEncoding('latin1');
  socket.on('error', () => {});
  sockets.push(socket);
  return socket;
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
const openConnections = () => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count)));

describe('requests that a client pipelines', () => {
  it('are worked on 32 at a time, and all answered in their order', async () => {
    await start({});
    const socket = open();
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write(Array.from({ length: 100 }, (_, index) => get(`/slow/${index}`)).join(''));
    await expect.poll(() => entered).toBe(32);
    // A request of another connection is answered meanwhile, several turns of the event loop later.
    const other = open();
    const answered = new Promise((resolve) => other.once('data', resolve));
    other.write(get('/small'));
    await answered;
    expect(entered).toBe(32);
    release();
    await expect.poll(() => text.match(/"name":"(\d+)"/g)?.length).toBe(100);
    const names = [...text.matchAll(/"name":"(\d+)"/g)].map(([, name]) => Number(name));
    expect(names).toEqual(names.map((_, index) => index));
  });

  it('end the connection when more wait than may, and none of them is worked on', async () => {
    await start({});
    const socket = open();
    socket.write(get('/slow/0').repeat(32 + 256 + 1));
    await expect.poll(() => socket.destroyed).toBe(true);
    expect(entered).toBeLessThanOrEqual(32);
  });

  it('wait while earlier answers are not taken, and are answered when they are', async () => {
    await start({});
    const socket = open().pause();
    socket.write(get('/large').repeat(3));
    await expect.poll(() => entered).toBe(1);
    const other = open();
    for (let count = 0; count < 5; count += 1) {
      const answered = new Promise((resolve) => other.once('data', resolve));
      other.write(get('/small'));
      await answered;
    }
    expect(entered).toBe(1);
    let taken = 0;
    socket.on('data', (chunk) => {
      taken += chunk.length;
    });
    socket.resume();
    await expect.poll(() => taken).toBeGreaterThan(3 * LARGE.length);
    expect(entered).toBe(3);
  });

  it('end connections, those with the most first, when too many wait in all', async () => {
    await start({ maxWaitingBytes: 150 * 4096 });
    const [few, many] = [open(), open()];
    few.write(get('/slow/few').repeat(100));
    many.write(get('/slow/many').repeat(250));
    await expect.poll(() => many.destroyed).toBe(true);
    expect(few.destroyed).toBe(false);
  });

  it('are passed on one at a turn of the event loop, over all connections', async () => {
    const turns: number[] = [];
    let turn = 0;
    const countTurns = () => {
      turn += 1;
      immediate = setImmediate(countTurns);
    };
    let immediate = setImmediate(countTurns);
    const seen = new Set<Socket>();
    const gate = createConnectionGate({
      bounds: connectionBounds,
      now: () => 0,
      underWay: new Set(),
      listener: (request, response) => {
        // The first one of a connection does not wait.
        if (seen.has(request.socket)) turns.push(turn);
        seen.add(request.socket);
        response.end();
      },
    });
    const bare = createHttpServer(gate.listener).listen(0, '127.0.0.1');
    try {
      await new Promise((resolve) => bare.once('listening', resolve));
      const address = bare.address();
      for (let count = 0; count < 5; count += 1) {
        const socket = connect(typeof address === 'object' ? (address?.port ?? 0) : 0, '127.0.0.1');
        sockets.push(socket.resume());
        socket.write(get('/').repeat(21));
      }
      await expect.poll(() => turns.length).toBe(100);
      expect(new Set(turns).size).toBe(100);
    } finally {
      clearImmediate(immediate);
      gate.stop();
      bare.closeAllConnections();
      bare.close();
    }
  });
});

describe('a client that does not take its answers', () => {
  it('is left when it takes nothing for so long', async () => {
    await start({ untakenMs: 50 });
    const opened = new Promise((resolve) => server.server.once('connection', resolve));
    open().pause().write(get('/large'));
    await opened;
    await expect.poll(openConnections).toBe(0);
  });

  it('is left when too much waits for all, and the one with the most first', async () => {
    await start({ maxWaitingBytes: 20_000_000 });
    const reader = open();
    let taken = 0;
    reader.on('data', (chunk) => {
      taken += chunk.length;
    });
    for (let count = 0; count < 3; count += 1) open().pause().write(get('/large'));
    reader.write(get('/small'));
    await expect.poll(openConnections).toBeLessThan(4);
    reader.write(get('/small'));
    await expect.poll(() => taken).toBeGreaterThan(0);
    expect(reader.destroyed).toBe(false);
  });
});

describe('a body that is too large', () => {
  it.each([
    ['by its length', 'content-length: 8388608\r\n', (part: string) => part],
    [
      'by what arrives',
      'transfer-encoding: chunked\r\n',
      (part: string) => `${part.length.toString(16)}\r\n${part}\r\n`,
    ],
  ])('%s is a 413 that the client reads, whatever it still sends', async (_, header, chunked) => {
    await start({});
    for (let count = 0; count < 10; count += 1) {
      const socket = open();
      const text = new Promise<string>((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
      socket.once('close', () => socket.emit('data', 'closed'));
      socket.write(`POST /body HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${header}\r\n`);
      for (let part = 0; part < 128; part += 1) socket.write(chunked('x'.repeat(65_536)));
      expect(await text).toContain('HTTP/1.1 413');
      // It had to be there before the connection ends, so that nothing of it is lost.
      socket.destroy();
    }
  });
});
