import { connect, type Socket } from 'node:net';
import { atLeast, atMost, type Drill, type Finding } from '../support/drill.js';
import { playing, wait } from '../support/drill-processes.js';
import { noneFailed, percentile } from '../support/times.js';

/** What slow connections may add to the answers of others, in ms. */
const COST_MS = 100;
/** A request that does not arrive completely must have been ended after this long. */
const ENDED_MS = 15_000;

/** What they send before they slow down to a byte a second: part of the headers, part of a body, or a whole request to read slowly. */
const openings = [
  'GET /api/v1/homepage HTTP/1.1\r\nhost: a\r\nx-slow: ',
  'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{"query":"',
  'GET /api/v1/homepage?limit=20 HTTP/1.1\r\nhost: a\r\n\r\n',
] as const;

/** Slowloris: connections that are held open by a byte a second. */
export const slowClients: Drill = {
  name: 'slow-clients',
  summary: 'clients that send a byte a second or hardly read: others are served as before, and they are ended',
  run: (scale, processes) =>
    playing(processes, async ({ load, lone }) => {
      const count = scale === 'full' ? 200 : 50;
      const { origin } = await lone();
      const measure = () =>
        load.run({
          asks: [{ origin, path: '/api/v1/homepage' }],
          pace: { perSecond: 40, forMs: scale === 'full' ? 5000 : 1000 },
        });
      await measure();
      const quiet = await measure();
      const clients = Array.from({ length: count }, (_, index) => slowClient(origin, index));
      const dripping = setInterval(() => {
        for (const client of clients) client.drip();
      }, 1000);
      try {
        const openedAt = performance.now();
        await wait(300);
        const open = clients.filter((client) => client.isOpen()).length;
        const beside = await measure();
        const senders = clients.filter(({ sends }) => sends);
        const ended: Finding[] = [];
        if (scale === 'full') {
          await wait(ENDED_MS - (performance.now() - openedAt));
          const over = senders.filter((client) => !client.isOpen() || client.answer().includes('408'));
          ended.push(atLeast(`slow senders ended within ${ENDED_MS / 1000} s`, over.length, senders.length));
        }
        return [
          noneFailed(beside),
          atLeast('slow clients at the same time', open, count),
          atMost('p90 of the others', percentile(beside, 0.9), Math.ceil(percentile(quiet, 0.9) + COST_MS), ' ms'),
          ...ended,
        ];
      } finally {
        clearInterval(dripping);
        for (const client of clients) client.close();
      }
    }),
};

interface SlowClient {
  /** Whether it sends slowly; otherwise it reads slowly. */
  sends: boolean;
  drip(): void;
  isOpen(): boolean;
  answer(): string;
  close(): void;
}

function slowClient(origin: string, index: number): SlowClient {
  const { hostname, port } = new URL(origin);
  const kind = index % openings.length;
  const sends = kind < 2;
  let answer = '';
  const socket: Socket = connect({ host: hostname, port: Number(port) });
  let isOpen = true;
  // The gateway may reset the connection; `close` follows.
  socket.on('error', () => undefined);
  socket.on('close', () => {
    isOpen = false;
  });
  if (sends)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
  else socket.pause();
  socket.write(openings[kind] ?? '');
  return {
    sends,
    drip: () => {
      if (sends && isOpen && socket.writable) socket.write('a');
      else if (!sends) socket.read(1);
    },
    isOpen: () => isOpen,
    answer: () => answer,
    close: () => socket.destroy(),
  };
}
