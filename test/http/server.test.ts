import { connect, type Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from '../../src/http/server.js';
import { silentLogger } from '../support/test-logger.js';

let server: FastifyInstance;
let draining: boolean;
let release: () => void;
let entered: Promise<void>;

beforeEach(async () => {
  draining = false;
  server = await createServer({
    logger: silentLogger,
    draining: () => draining,
    production: false,
    corsOrigins: [],
  });
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  entered = new Promise((resolve) => {
    server.get('/slow', async () => {
      resolve();
      await gate;
      return { served: true };
    });
  });
  for (const url of ['/healthz', '/readyz', '/page', '/graphql']) server.get(url, async () => ({ served: true }));
  server.get('/images/:name', async () => 'x');
  server.get('/broken', async () => {
    throw new TypeError('internals');
  });
});
afterEach(async () => {
  release();
  await server.close();
});

async function open(): Promise<Socket> {
  await server.listen({ port: 0, host: '127.0.0.1' });
  return reconnect();
}

function reconnect(): Socket {
  const [address] = server.addresses();
  return connect(typeof address === 'object' ? address.port : 0, '127.0.0.1').setEncoding('utf8');
}

/** What comes back for bytes on a connection of their own, which the server must close. */
async function raw(bytes: string): Promise<{ status: number; head: string; body: unknown }> {
  const socket = await open();
  const text = received(socket);
  socket.write(bytes);
  const [head = '', body = ''] = (await text).split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: JSON.parse(body) };
}

function received(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => {});
  return new Promise((resolve) => socket.on('close', () => resolve(text)));
}

const envelope = (code: string) => ({
  version: '1.0.0',
  success: false,
  data: null,
  errors: [{ message: expect.any(String), code, timestamp: expect.any(String), severity: expect.any(String) }],
  message: expect.any(String),
});

describe('every error body is the envelope', () => {
  it.each([
    ['a path that cannot be decoded', '/%zz', 400, 'VALIDATION_ERROR'],
    ['a path that is too long', `/images/${'x'.repeat(200)}`, 414, 'VALIDATION_ERROR'],
    ['a path that there is not', '/nowhere', 404, 'VALIDATION_ERROR'],
    ['a defect', '/broken', 500, 'INTERNAL_ERROR'],
  ])('%s', async (_, url, status, code) => {
    const response = await server.inject({ url });
    expect([response.statusCode, response.json()]).toEqual([status, envelope(code)]);
    expect(response.headers['x-request-id']).toMatch(/^req_/);
    expect(response.payload).not.toContain('internals');
  });

  it.each([
    ['what is no HTTP', 'nonsense\r\n\r\n', 400],
    ['headers that are too long', `GET / HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ])('%s, after which the connection ends', async (_, bytes, expected) => {
    const { status, head, body } = await raw(bytes);
    expect([status, body]).toEqual([expected, envelope('VALIDATION_ERROR')]);
    expect(head).toContain('connection: close');
    expect(head).toContain('content-type: application/json');
  });
});

describe('while the process goes away', () => {
  it('requests are served as ever, and their connections end', async () => {
    expect((await server.inject({ url: '/page' })).headers['connection']).toBe('keep-alive');
    draining = true;
    for (const url of ['/page', '/graphql', '/healthz']) {
      const served = await server.inject({ url });
      expect([served.statusCode, served.json(), served.headers['connection']]).toEqual([
        200,
        { served: true },
        'close',
      ]);
    }
  });

  it('requests that came before are answered, and so are later ones on open connections', async () => {
    const first = await open();
    const second = reconnect();
    const answers = [received(first), received(second)];
    first.write('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n');
    await entered;
    // Half a request, so that the connection is none of the idle ones, which closing ends.
    second.write('GET /page HTTP/1.1\r\n');
    await expect
      .poll(() => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count))))
      .toBe(2);
    draining = true;
    const closed = server.close();
    second.write('host: x\r\n\r\n');
    const late = await answers[1];
    release();
    expect(await answers[0]).toContain('{"served":true}');
    await closed;
    expect(late).toMatch(/^HTTP\/1.1 200/);
    expect(String(late).toLowerCase()).toContain('connection: close');
  });
});
