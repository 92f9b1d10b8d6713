import { systemClock } from '../core/clock.js';
import { demoOptions, startDemoDatabase } from '../demo/demo-database.js';
import { readOptions } from './command-line.js';

/** `npm run database`: the embedded database alone, so that several gateways can share it. */
const { port, products, seed } = readOptions({
  usage: 'npm run database -- [--port N] [--products N] [--seed N]',
  description: 'Serves the embedded database with demo data, for demos and tests. Nothing is kept on disk.',
  options: { port: { min: 0, max: 65_535, default: 27_017, description: 'where to listen' }, ...demoOptions },
});

try {
  const database = await startDemoDatabase({ port, products, seed, clock: systemClock });
  console.log(`Embedded database with ${products} demo products (for demos and tests): MONGODB_URI=${database.uri}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => database.close().then(() => process.exit(0)));
  }
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
