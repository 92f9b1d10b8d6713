import { createLogger } from '../../src/core/logger.js';

export const silentLogger = createLogger({ level: 'silent', pretty: false });

/** A logger whose lines can be read. */
export function createTestLogger(level = 'debug', fields?: () => object) {
  const lines: Record<string, unknown>[] = [];
  const logger = createLogger({
    level,
    pretty: false,
    destination: { write: (line) => lines.push(JSON.parse(line)) },
    fields,
  });
  return { logger, lines };
}
