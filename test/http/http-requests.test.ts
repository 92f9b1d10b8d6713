import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionBounds, createServer } from '../../src/http/server.js';
import { silentLogger } from '../support/test-logger.js';

let server: FastifyInstance;

beforeAll(async () => {
  server = await createServer({
    logger: silentLogger,
    draining: () => false,
    production: false,
    corsOrigins: [],
    bounds: { headersTimeoutMs: 100, requestTimeoutMs: 200, checkEveryMs: 20, maxRequestsPerSocket: 2 },
  });
  server.get('/page', async () => ({ served: true }));
  server.post('/page', async () => ({ served: true }));
  await server.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => server.close());

function open(): Socket {
  const [address] = server.addresses();
  return connect(typeof address === 'object' ? address.port : 0, '127.0.0.1').setEncoding('utf8');
}

/** All that comes back until the server closes the connection. */
async function raw(bytes: string): Promise<string> {
  const socket = open();
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  socket.write(bytes);
  await new Promise((resolve) => socket.on('close', resolve));
  return text;
}

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
const close = 'connection: close\r\n';

describe('what two readers could read differently is refused, with the envelope, and the connection ends', () => {
  it.each([
    ['two lengths', 'POST /page HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}'],
    [
      'a length and chunks',
      'POST /page HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\nGET /page HTTP/1.1\r\nhost: x\r\n\r\n',
    ],
    ['chunks that are not last', 'POST /page HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked, x\r\n\r\n0\r\n\r\n'],
    ['a space before the colon', 'GET /page HTTP/1.1\r\nhost : x\r\n\r\n'],
    ['a folded header', 'GET /page HTTP/1.1\r\nhost: x\r\nx: a\r\n b\r\n\r\n'],
    ['bare line feeds', 'GET /page HTTP/1.1\nhost: x\n\n'],
    ['a method that is none', 'FOO /page HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['two hosts', 'GET /page HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n'],
    ['no host', 'GET /page HTTP/1.1\r\n\r\n'],
    ['two tokens', 'GET /page HTTP/1.1\r\nhost: x\r\nauthorization: a\r\nauthorization: b\r\n\r\n'],
  ])('%s', async (_, bytes) => {
    const text = await raw(bytes);
    expect(statuses(text)).toEqual([400]);
    expect(text).toContain('"success":false');
    expect(text).toContain('"VALIDATION_ERROR"');
    expect(text.toLowerCase()).toContain('connection: close');
  });

  it('a host of HTTP/1.0 may be missing', async () => {
    expect(statuses(await raw('GET /page HTTP/1.0\r\n\r\n'))).toEqual([200]);
  });
});

describe('clients who take their time', () => {
  it.each([
    ['the request line', 'GET /pa'],
    ['headers', 'GET /page HTTP/1.1\r\nhost: x\r\n'],
    ['a body', 'POST /page HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{'],
  ])('with %s get 408, and the connection ends', async (_, bytes) => {
    const text = await raw(bytes);
    expect(statuses(text)).toEqual([408]);
    expect(text).toContain('took too long');
  });

  it('have 5 s for headers and 10 s for all of a request, and these are looked for every half second', async () => {
    const normal = await createServer({
      ...{ logger: silentLogger, draining: () => false, production: false, corsOrigins: [] },
    });
    const { headersTimeout, requestTimeout, keepAliveTimeout, maxConnections } = normal.server;
    await normal.close();
    expect({ headersTimeout, requestTimeout, keepAliveTimeout }).toEqual({
      ...{ headersTimeout: 5000, requestTimeout: 10_000, keepAliveTimeout: 72_000 },
    });
    expect([maxConnections, connectionBounds.checkEveryMs]).toEqual([10_000, 500]);
  });

  it('have so many requests on a connection, and are told of the last one', async () => {
    const socket = open();
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.write('GET /page HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(2));
    await expect.poll(() => statuses(text)).toEqual([200, 200]);
    socket.destroy();
    expect(text.toLowerCase().match(/connection: [\w-]+/g)).toEqual(['connection: keep-alive', 'connection: close']);
  });
});

describe('lengths', () => {
  it('a URL of more than 8 KiB is a 414 that names the limit, of more than 16 KiB a 431', async () => {
    const get = (length: number) => `GET /page?${'x'.repeat(length - 6)} HTTP/1.1\r\nhost: x\r\n${close}\r\n`;
    expect(statuses(await raw(get(8192)))).toEqual([200]);
    const long = await raw(get(8193));
    expect(statuses(long)).toEqual([414]);
    expect(long).toContain('The URL has 8193 bytes, at most 8192 are allowed');
    expect(statuses(await raw(get(17_000)))).toEqual([431]);
  });
});
