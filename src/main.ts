import { ConfigError, describeVariables, loadConfig } from './config/config.js';

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
  } catch (error) {
    console.error(error instanceof ConfigError || isSystemError(error) ? error.message : error);
    process.exit(1);
  }
}

/** A port that is taken, a host that has no address: the message says it all. */
function isSystemError(error: unknown): error is Error {
  return error instanceof Error && 'syscall' in error;
}
