import cluster from 'node:cluster';

/** Before the gateway serves, there is nothing to end but the process. */
const endAtOnce = () => process.exit(0);
process.on('SIGTERM', endAtOnce);
// Ctrl-C reaches all processes of a terminal: workers are told by the one above them.
process.on('SIGINT', cluster.isWorker ? () => undefined : endAtOnce);

// Loaded after the signals are heeded: it takes a good part of a second.
const { ConfigError, loadConfig } = await import('./config/config.js');
const { describeVariables } = await import('./config/variables.js');

const usage = `Usage: npm start\n\nConfigured by environment variables:\n\n${describeVariables()}`;
const given = process.argv.slice(2);
if (given.some((argument) => argument === '--help' || argument === '-h')) {
  console.log(usage);
} else if (given.length > 0) {
  console.error(`Unknown argument ${given[0]}\n\n${usage}`);
  process.exit(2);
} else {
  try {
    const config = loadConfig();
    // Only now, so that help and faults of the configuration come at once.
    if (config.workers > 1 && cluster.isPrimary) {
      const { serveByWorkers } = await import('./serve-by-workers.js');
      await serveByWorkers(config);
    } else {
      const { serve } = await import('./serve.js');
      await serve(config, cluster.isWorker ? (await import('./workers/this-worker.js')).thisWorker() : undefined);
    }
    process.off('SIGTERM', endAtOnce);
    process.off('SIGINT', endAtOnce);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}
