import type { Clock } from '../core/clock.js';
import { type EmbeddedDatabase, startEmbeddedDatabase } from '../embedded-mongodb/embedded-server.js';
import { loadDemoData } from './load-demo-data.js';

/** The database of the demo and of the tests. */
export const DEMO_DATABASE = 'shop';

/** The embedded database, filled with demo data. Rejects when the port is taken. */
export async function startDemoDatabase(options: {
  host?: string;
  port: number;
  products: number;
  seed: number;
  clock: Clock;
}): Promise<EmbeddedDatabase> {
  const { host = '127.0.0.1', port, products, seed, clock } = options;
  const embedded = await startEmbeddedDatabase({ host, port, clock });
  await loadDemoData({
    products,
    seed,
    now: clock.now(),
    insert: (collection, documents) => embedded.insertMany(DEMO_DATABASE, collection, documents),
  });
  return embedded;
}

/** The options that `npm start`, `npm run database` and `npm run seed` share. */
export const demoOptions = {
  products: { min: 1, max: 10_000_000, default: 1000, description: 'how many products; the rest follows' },
  seed: { min: 0, max: 4_294_967_295, default: 1, description: 'the same seed makes the same data' },
} as const;
