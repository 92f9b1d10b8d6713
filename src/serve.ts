import 'reflect-metadata';
import { buildApp } from './app.js';
import { endGracefully } from './closing.js';
import type { Config } from './config/config.js';
import { systemClock } from './core/clock.js';
import { connectDatabase } from './database/connect.js';
import { listenFault, listenOn } from './listen-fault.js';
import type { Traces } from './observability/traces/start-traces.js';
import { processLogger } from './process-logger.js';
import { registry } from './sections/registry.js';
import type { Worker } from './workers/this-worker.js';

/**
 * Starts the gateway, and keeps it until a signal ends it: by itself, or as one of several workers. Rejects with a ConfigError
 * when it cannot listen.
 */
export async function serve(config: Config, worker?: Worker): Promise<void> {
  const clock = systemClock;
  let traces: Traces | undefined;
  const fields = worker === undefined && config.traces === undefined ? undefined : lineFields(worker, () => traces);
  const logger = processLogger(config, fields);
  if (worker === undefined || worker.number === 1) for (const warning of config.warnings) logger.warn(warning);
  // OpenTelemetry is loaded where it is wanted.
  if (config.traces !== undefined) {
    const { startTraces } = await import('./observability/traces/start-traces.js');
    traces = await startTraces({ settings: config.traces, logger, clock });
  }

  // More lines for as long as somebody looks for a fault, without a restart that would cure it.
  process.on('SIGUSR2', () => {
    logger.level = logger.level === 'debug' ? config.logLevel : 'debug';
    logger.warn({ level: logger.level }, 'log level');
  });
  const { production } = config;
  const { uri } = config.database;
  // Loaded where it is wanted: a gateway with a database of its own has no use for an embedded one.
  const demo =
    uri === undefined
      ? await (await import('./demo/start-demo.js')).startDemo({ auth: config.auth, clock })
      : undefined;
  const database = connectDatabase({
    uri: demo?.uri ?? String(uri),
    poolSize: config.database.poolSize,
    createIndexes: config.database.createIndexes,
    logger,
    clock,
    onCommand: traces?.onCommand,
  });
  const app = await buildApp({
    config: {
      ...config,
      auth: { ...config.auth, secret: demo?.secret ?? config.auth.secret },
      shopCurrency: config.shopCurrency ?? demo?.currency,
    },
    registry,
    database,
    clock,
    logger,
    demo,
    tracer: traces?.tracer,
    shareMetrics: worker?.shareMetrics,
  });
  if (demo !== undefined) await database.ready;
  const { host, port: wanted, drainMs, requestTimeoutMs } = config.http;
  await app.server.listen({ host, port: wanted }).catch((error) => {
    throw listenFault(error, { host, port: wanted });
  });
  const { metricsPort } = config.http;
  // Of several workers, the process above them listens there.
  if (worker === undefined && app.metricsServer !== undefined && metricsPort !== undefined) {
    await listenOn(app.metricsServer, { host, port: metricsPort, variable: 'METRICS_PORT' });
  }
  // At the same time: each may take a second, and the process has two.
  const close = async () => void (await Promise.all([app.close(), traces?.close()]));
  const afterwards = async () => demo?.close();
  endGracefully({
    ...{ app: { ...app, close }, afterwards, drainMs, requestTimeoutMs, clock, logger },
    ...(worker === undefined ? {} : { hear: worker.hear }),
  });
  const [address] = app.server.addresses();
  const port = typeof address === 'object' ? address.port : wanted;
  const url = `http://localhost:${port}`;
  (worker?.serves ?? console.log)(
    `Homepage Gateway: ${production ? '' : `${url} (a page of the shop), `}${url}/graphql (GraphQL), ${url}/api/v1/homepage (REST), ${url}/docs (reference)`,
  );
  if (demo === undefined) return;
  const { userId, token } = demo.user;
  console.log('MONGODB_URI is not set: serving demo data from an embedded database, which is for trying out only');
  console.log(`Demo user ${userId}, token ${token}`);
  console.log(`  curl -H 'Authorization: Bearer ${token}' '${url}/api/v1/homepage?userId=${userId}'`);
}

/** What every line of the log has: the worker's number, where there are several, and the trace, where there is one. */
function lineFields(worker: Worker | undefined, traces: () => Traces | undefined): () => object {
  const own = worker === undefined ? {} : { worker: worker.number };
  return () => ({ ...own, ...traces()?.logFields() });
}
