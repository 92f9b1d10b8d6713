import 'reflect-metadata';
import closeWithGrace from 'close-with-grace';
import { buildApp } from './app.js';
import type { Config } from './config/config.js';
import { systemClock } from './core/clock.js';
import { createLogger } from './core/logger.js';
import { connectDatabase } from './database/connect.js';
import { registry } from './sections/registry.js';

/** What closing may take beyond the time of the longest request; the process is gone within two seconds. */
const CLOSE_MARGIN_MS = 1750;
/**
 * For so long a process that is to go away still listens: connections that clients keep open are told so with their next
 * answer, instead of being cut under a request that is on its way. In half a second some were not used again.
 */
const LAME_DUCK_MS = 2000;
/** And so long after it has stopped listening, for those who came in last. */
const LAST_ANSWERS_MS = 200;

/** Starts the gateway, and keeps it until a signal ends it. Rejects when its port is taken, or its host has no address. */
export async function serve(config: Config): Promise<void> {
  const clock = systemClock;
  const logger = createLogger({ level: config.logLevel, pretty: process.stdout.isTTY && !config.production });
  for (const warning of config.warnings) logger.warn(warning);

  const pause = (ms: number) => new Promise<void>((resolve) => clock.after(ms, resolve));
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
  });
  const app = await buildApp({
    config: { ...config, auth: { ...config.auth, secret: demo?.secret ?? config.auth.secret } },
    registry,
    database,
    clock,
    logger,
  });
  closeWithGrace({ delay: config.http.requestTimeoutMs + CLOSE_MARGIN_MS, logger }, async ({ err, signal }) => {
    if (err) logger.error({ error: err }, 'closing after an error that nobody caught');
    else logger.info({ signal }, 'closing');
    app.drain();
    // Who presses Ctrl-C is the client.
    if (signal !== 'SIGINT') await pause(LAME_DUCK_MS);
    app.stopListening();
    await pause(LAST_ANSWERS_MS);
    await app.close();
    await demo?.close();
  });

  if (demo !== undefined) await database.ready;
  await app.server.listen({ host: config.http.host, port: config.http.port });
  const [address] = app.server.addresses();
  const port = typeof address === 'object' ? address.port : config.http.port;
  const url = `http://localhost:${port}`;
  console.log(`Homepage Gateway: ${url}/graphql (GraphQL), ${url}/api/v1/homepage (REST)`);
  if (demo === undefined) return;
  const { userId, token } = demo.user;
  console.log('MONGODB_URI is not set: serving demo data from an embedded database, which is for trying out only');
  console.log(`Demo user ${userId}, token ${token}`);
  console.log(`  curl -H 'Authorization: Bearer ${token}' '${url}/api/v1/homepage?userId=${userId}'`);
}
