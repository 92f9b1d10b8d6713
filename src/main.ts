/** Before the gateway serves, there is nothing to end but the process. */
const endAtOnce = () => process.exit(0);
process.on('SIGTERM', endAtOnce);
process.on('SIGINT', endAtOnce);

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
    const { serve } = await import('./serve.js');
    await serve(config);
    process.off('SIGTERM', endAtOnce);
    process.off('SIGINT', endAtOnce);
  } catch (error) {
    console.error(error instanceof ConfigError ? error.message : error);
    process.exit(1);
  }
}

export {};
