import { setTimeout as pause } from 'node:timers/promises';
import { registry } from '../../src/sections/registry.js';
import {
  type Cluster,
  type Gateway,
  type ProcessFixture,
  sendInvalidation,
} from '../../test/support/servers/process-fixture.js';

/** A time in which something is broken; seconds since the load began. */
export interface Fault {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What is broken when. Between two of them everything has time to recover, and is seen to. */
const faults = {
  redis: { name: 'Redis away', from: 25, to: 45 },
  slow: { name: 'database slow', from: 60, to: 74 },
  database: { name: 'database away', from: 90, to: 108 },
} as const satisfies Record<string, Fault>;
const SECONDS = 125;

/** Users of one gateway that ask for the page, and of those that ask for places which no entry has. */
const USERS = 8;
const PLACE_USERS = 3;
const THINK_MS = 100;
/** Longer than the queue of a section's source: loads are refused. */
const BURST = 1150;

/** By these the gateways renew, evict and give up within a run of two minutes. */
export const faultEnv = {
  ...{ CACHE_TTL: '20', CACHE_MEMORY_BYTES: String(2 * 2 ** 20), QUERY_TIMEOUT: '1000', DB_POOL_SIZE: '10' },
};

const located = registry.filter(({ located: place }) => place !== undefined).map(({ key }) => key);
const somewhere = () => `${(Math.random() * 20).toFixed(2)},${(40 + Math.random() * 15).toFixed(2)}`;
const cold = () => `/api/v1/homepage?location=${somewhere()}&sections=${located.join()}`;

async function get(origin: string, path: string): Promise<void> {
  try {
    const response = await fetch(`${origin}${path}`, { signal: AbortSignal.timeout(30_000) });
    await response.arrayBuffer();
  } catch {
    // What is asked while something is broken may fail; the metrics say so.
  }
}

/** Two minutes of load on a cluster of gateways while Redis and the database fail. Resolves with what was broken when. */
export async function playFaults(options: { fixture: ProcessFixture; cluster: Cluster }): Promise<readonly Fault[]> {
  const { fixture, cluster } = options;
  const { gateways, redis } = cluster;
  let { database } = cluster;
  const beganAt = performance.now();
  const elapsed = () => (performance.now() - beganAt) / 1000;
  const until = (second: number) => pause(Math.max(0, (second - elapsed()) * 1000));

  const again = async (everyMs: number, work: () => Promise<unknown>) => {
    while (elapsed() < SECONDS) {
      await work().catch(() => undefined);
      await pause(everyMs * (0.75 + Math.random() / 2));
    }
  };
  const load = gateways.flatMap(({ origin }) => [
    ...Array.from({ length: USERS }, () => again(THINK_MS, () => get(origin, '/api/v1/homepage'))),
    ...Array.from({ length: PLACE_USERS }, () => again(THINK_MS * 3, () => get(origin, cold()))),
  ]);
  const [first] = gateways as [Gateway];
  const writing = again(1500, () => database.db.collection('offers').updateOne({}, { $set: { seenAt: new Date() } }));
  const invalidating = again(4000, () => sendInvalidation(first.origin, 'soft'));
  /** Only while all is well: nothing would be left to serve from while something is broken. */
  const forbid = async (second: number) => {
    await until(second);
    await sendInvalidation(first.origin, 'hard');
  };

  const play = async () => {
    await forbid(12);
    await until(faults.redis.from);
    await redis.signal('SIGKILL');
    await until(faults.redis.to);
    await redis.restart();
    await forbid(52);
    await until(faults.slow.from);
    await database.slow(['find', 'aggregate', 'count'], 3000);
    for (const { origin } of gateways) for (let sent = 0; sent < BURST; sent += 1) void get(origin, cold());
    await until(faults.slow.to);
    await database.heal();
    await until(faults.database.from);
    database.process.child.kill('SIGKILL');
    await database.process.ended;
    await until(faults.database.to);
    database = await fixture.database({ port: database.port });
  };
  await Promise.all([play(), ...load, writing, invalidating]);
  return Object.values(faults);
}
