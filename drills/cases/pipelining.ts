import { connect } from 'node:net';
import { atLeast, atMost, type Drill, exactly } from '../support/drill.js';
import { playing, startLone, until, wait } from '../support/drill-processes.js';
import { noneFailed, percentile } from '../support/times.js';

const REQUESTS = 12_000;
/** What clients of a second kind send at once: fewer than may wait for their turn. */
const WITHIN_BOUNDS = { clients: 5, requests: 200 };
const HEAP_MIB = 256;
/** Milliseconds within which a client that takes nothing has been left: 10 s, and a look. */
const LEFT_MS = 15_000;
/** 90 % of the other clients' answers take no longer than this, while all others send at once. */
const OTHERS_P90_MS = 1000;

/** Clients that send thousands of requests at once, or some hundreds again and again, and never read what is answered. */
export const pipelining: Drill = {
  name: 'pipelining',
  summary: `clients that pipeline ${REQUESTS} requests each and read nothing: a gateway of ${HEAP_MIB} MiB lives, serves others, and leaves them`,
  run: (scale, processes) =>
    playing(processes, async ({ fixture, database, load }) => {
      const count = scale === 'full' ? 30 : 5;
      const { uri: MONGODB_URI } = await database();
      const gateway = await startLone(fixture, { MONGODB_URI, NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` });
      const { hostname: host, port } = new URL(gateway.origin);
      const request = `GET /api/v1/homepage?limit=20 HTTP/1.1\r\nhost: a\r\n\r\n`;
      const others = [{ origin: gateway.origin, path: '/api/v1/homepage' }];
      // So that what others wait for is not the first use of everything.
      await load.run({ asks: others, pace: { connections: 1, count: 200 } });
      const flood = (requests: number, again: string) => {
        const client = connect({ host, port: Number(port) });
        client.on('error', () => undefined);
        client.pause().write(request.repeat(requests));
        return { client, again };
      };
      const { requests } = WITHIN_BOUNDS;
      const clients = [
        ...Array.from({ length: count }, () => flood(REQUESTS, request)),
        ...Array.from({ length: WITHIN_BOUNDS.clients }, () => flood(requests, request.repeat(requests))),
      ];
      const startedAt = performance.now();
      try {
        const beside = await load.run({
          asks: others,
          pace: { perSecond: 10, forMs: scale === 'full' ? 10_000 : 2000 },
        });
        // What has ended is seen by those who write: nothing of theirs is read.
        const ended = async () => {
          for (const { client, again } of clients) if (!client.writableNeedDrain) client.write(again);
          await wait(500);
          return clients.every(({ client }) => client.destroyed);
        };
        await until(ended, scale === 'full' ? 2 * LEFT_MS : LEFT_MS).catch(() => undefined);
        const tookMs = performance.now() - startedAt;
        return [
          noneFailed(beside, 'failed answers to others'),
          atLeast('answers to others', beside.length, 20),
          atMost('p90 of the others', percentile(beside, 0.9), OTHERS_P90_MS, ' ms'),
          exactly('gateways that live', gateway.process.child.exitCode === null ? 1 : 0, 1),
          exactly('clients that were left', clients.filter(({ client }) => client.destroyed).length, clients.length),
          atMost('after', tookMs, 2 * LEFT_MS, ' ms'),
        ];
      } finally {
        for (const { client } of clients) client.destroy();
      }
    }),
};
