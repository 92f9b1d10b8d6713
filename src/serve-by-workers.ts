import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endsWithinMs } from './closing.js';
import type { Config } from './config/config.js';
import { systemClock } from './core/clock.js';
import { createMetricsServer } from './http/routes/metrics-route.js';
import { listenOn } from './listen-fault.js';
import { processLogger } from './process-logger.js';
import { runWorkers } from './workers/run-workers.js';

/** Starts `WORKERS` gateways on one port, and serves the metrics of all of them on `METRICS_PORT`. */
export async function serveByWorkers(config: Config): Promise<void> {
  const clock = systemClock;
  const logger = processLogger(config);
  const { metrics } = runWorkers({
    program: fileURLToPath(new URL(`./main${extname(import.meta.url)}`, import.meta.url)),
    ...{ count: config.workers, clock, logger },
    endsWithinMs: endsWithinMs(config.http),
    announce: (line) => console.log(`${line}, by ${config.workers} workers`),
    end: (code) => process.exit(code),
  });
  const { host, metricsPort } = config.http;
  if (metricsPort === undefined) return;
  const text = async () => ({ type: metrics.contentType, text: await metrics.text() });
  const server = createMetricsServer({ text, openMetrics: undefined });
  await listenOn(server, { host, port: metricsPort, variable: 'METRICS_PORT' });
}
