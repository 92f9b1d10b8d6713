import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';

/**
 * Outside production, variables of a file `.env` in the working directory; what the environment holds already wins. A server in
 * production gets its variables from what starts it, where they can be seen.
 */
export function readEnvFile(): void {
  if (process.env['NODE_ENV'] !== 'production' && existsSync('.env')) loadEnvFile('.env');
}
