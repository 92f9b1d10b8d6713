import { connect } from 'node:net';
import { atMost, type Drill, exactly } from '../support/drill.js';
import { playing, startLone, until, wait } from '../support/drill-processes.js';
import { noneFailed } from '../support/times.js';

const REQUESTS = 12_000;
const HEAP_MIB = 256;
/** Milliseconds within which a client that takes nothing has been left: 10 s, and a look. */
const LEFT_MS = 15_000;

/** Clients that send thousands of requests at once and never read what is answered. */
export const pipelining: Drill = {
  name: 'pipelining',
  summary: `clients that pipeline ${REQUESTS} requests each and read nothing: a gateway of ${HEAP_MIB} MiB lives, leaves them, and serves on`,
  run: (scale, processes) =>
    playing(processes, async ({ fixture, database, load }) => {
      const count = scale === 'full' ? 30 : 5;
      const { uri: MONGODB_URI } = await database();
      const gateway = await startLone(fixture, { MONGODB_URI, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` });
      const { hostname: host, port } = new URL(gateway.origin);
      const request = `GET /api/v1/homepage?limit=20 HTTP/1.1\r\nhost: a\r\n\r\n`;
      const clients = Array.from({ length: count }, () => {
        const client = connect({ host, port: Number(port) });
        client.on('error', () => undefined);
        client.pause().write(request.repeat(REQUESTS));
        return client;
      });
      const startedAt = performance.now();
      try {
        // What has ended is seen by those who write: nothing of theirs is read.
        const ended = async () => {
          for (const client of clients) client.write(request);
          await wait(200);
          return clients.filter((client) => client.destroyed).length === count;
        };
        await until(ended, scale === 'full' ? 2 * LEFT_MS : LEFT_MS).catch(() => undefined);
        const tookMs = performance.now() - startedAt;
        const after = await load.run({
          asks: [{ origin: gateway.origin, path: '/api/v1/homepage' }],
          pace: { connections: 1, count: 20 },
        });
        return [
          noneFailed(after, 'failed answers to others afterwards'),
          exactly('gateways that live', gateway.process.child.exitCode === null ? 1 : 0, 1),
          exactly('clients that were left', clients.filter((client) => client.destroyed).length, count),
          atMost('after', tookMs, 2 * LEFT_MS, ' ms'),
        ];
      } finally {
        for (const client of clients) client.destroy();
      }
    }),
};
