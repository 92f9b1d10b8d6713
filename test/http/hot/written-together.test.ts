import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createConnectionGate } from '../../../src/http/connections/connection-gate.js';
import { createUnderWay } from '../../../src/http/connections/under-way.js';
import { createHotListener, type HotAnswer } from '../../../src/http/hot/hot-listener.js';
import { connectionBounds } from '../../../src/http/server.js';
import { createFakeClock } from '../../support/fake-clock.js';

type Options = Parameters<typeof createHotListener>[0];

const ended: (() => void)[] = [];
afterEach(() => {
  for (const end of ended.splice(0)) end();
});

const piece = { bytes: Buffer.from('{"data":1}'), repeats: true };
const operation = { id: 1, pages: [], parts: [], cost: 1, cacheTag: 'section:a', logged: {}, bytes: 0, vary: 'origin' };

function createListener(options: Pick<Options, 'clock' | 'onAnswer'>) {
  return createHotListener({
    ...{
      limiter: undefined,
      staticHeaders: [],
      draining: () => false,
      clientOf: () => 'a',
      newRequestId: () => 'req_1',
    },
    operations: { ofSearch: () => operation } as unknown as Options['operations'],
    pages: {
      answer: () => ({ bytes: { pieces: [piece], length: piece.bytes.length, etag: 'W/"a"' }, pages: [] }),
      look: () => undefined,
    },
    readPlain: () => ({
      ...{ viewer: undefined, requestId: undefined, compression: undefined, origin: undefined, ifNoneMatch: undefined },
      type: 'application/json; charset=utf-8',
    }),
    ...options,
  });
}

async function listen(listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  ended.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  return () => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    socket.on('data', (data) => {
      text += data;
    });
    socket.write('GET /api/v1/homepage HTTP/1.1\r\nhost: a\r\n\r\n');
    return { socket, text: () => text };
  };
}

const handOn = () => {
  throw new Error('handed on');
};

describe('answers to requests that arrive together', () => {
  it('are written one after the other once all of these are made, and told of behind the last', async () => {
    const later: (() => void)[] = [];
    const clock = { ...createFakeClock(), soon: (callback: () => void) => void later.push(callback) };
    const told: HotAnswer[] = [];
    let arrived = 0;
    const listener = createListener({
      clock,
      onAnswer: (answer) => {
        // Every one of them has gone out by now.
        expect(told.length === 0 ? arrived : 2).toBe(2);
        expect(answer.response.writableEnded).toBe(true);
        told.push(answer);
      },
    });
    const ask = await listen((request, response) => {
      arrived += 1;
      listener(request, response, handOn);
    });

    const [one, other] = [ask(), ask()];
    await expect.poll(() => arrived).toBe(2);
    expect(later).toHaveLength(1);
    expect([one.text(), other.text(), told]).toEqual(['', '', []]);

    later.pop()?.();
    expect(told).toHaveLength(2);
    await expect.poll(() => one.text() !== '' && other.text() !== '').toBe(true);
    for (const { text } of [one, other]) expect(text()).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n\{"data":1\}$/s);
  });

  it('are left unwritten for a client that has gone meanwhile, which keeps no other from its own', async () => {
    const later: (() => void)[] = [];
    const clock = { ...createFakeClock(), soon: (callback: () => void) => void later.push(callback) };
    const underWay = createUnderWay({ clock });
    const listener = createListener({ clock, onAnswer: () => {} });
    const gate = createConnectionGate({
      ...{ bounds: connectionBounds, now: () => 0, underWay: underWay.connections },
      listener: (request, response) => listener(request, response, handOn),
    });
    ended.push(gate.stop);
    const ask = await listen(gate.listener);

    const [gone, other] = [ask(), ask()];
    await expect.poll(() => underWay.count()).toBe(2);
    gone.socket.destroy();
    await expect.poll(() => underWay.count()).toBe(1);
    later.pop()?.();
    await expect.poll(other.text).toMatch(/\{"data":1\}$/);
    await expect.poll(() => underWay.count()).toBe(0);
  });
});
