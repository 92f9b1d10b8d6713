import type { Config } from './config/config.js';
import { createLogger } from './core/logger.js';

/** The logger of a process that serves: lines for people on a terminal, else JSON. */
export function processLogger(
  { logLevel, production }: Pick<Config, 'logLevel' | 'production'>,
  fields?: () => object,
): ReturnType<typeof createLogger> {
  // Output that cannot be written is lost; without a listener, it would end the process.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return createLogger({ level: logLevel, pretty: process.stdout.isTTY && !production, fields });
}
