import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Clock } from './core/clock.js';
import type { Config } from './core/config.js';
import type { Database } from './database/connect.js';
import { renderDemoImage } from './database/demo/image.js';
import { createApolloServer } from './graphql/apollo.js';
import { createItemCompleter } from './graphql/complete-item.js';
import { createExecutor } from './graphql/executor.js';
import { createOperations } from './graphql/operations.js';
import { createSchema } from './graphql/schema.js';
import { createDatabaseSource } from './homepage/database-source.js';
import { createHomepage } from './homepage/homepage.js';
import { createSectionViews } from './homepage/section-views.js';
import { createAuthenticator } from './http/auth.js';
import { graphqlRoute } from './http/graphql-route.js';
import { healthRoutes } from './http/health-routes.js';
import { homepageRoute } from './http/homepage-route.js';
import { imageRoute } from './http/image-route.js';
import { legacyRoutes } from './http/legacy-routes.js';
import { createScopes } from './http/request-scope.js';
import { createServer } from './http/server.js';
import type { Section } from './sections/define-section.js';

export interface App {
  server: FastifyInstance;
  /** From now on `/readyz` says that this process is going away. */
  drain(): void;
  /** Answers what is under way, then closes everything that the app has opened. */
  close(): Promise<void>;
}

/** Wires the gateway: every dependency is made here, or given, and passed down. */
export async function buildApp(options: {
  config: Config;
  registry: readonly Section[];
  database: Database;
  clock: Clock;
  logger: FastifyBaseLogger;
}): Promise<App> {
  const { config, registry, database, clock, logger } = options;
  const { batchEndpoint, requestTimeoutMs, legacySunset } = config.http;
  const { sources } = database;

  const schema = createSchema(registry);
  const executor = createExecutor({ schema });
  const operations = createOperations(schema, registry);
  const homepage = createHomepage({
    registry,
    source: createDatabaseSource({ sources, completeItem: createItemCompleter(schema), clock, logger }),
    views: createSectionViews({ clock }),
    clock,
    queryTimeoutMs: config.database.queryTimeoutMs,
  });
  const apollo = createApolloServer({ schema, production: config.production, logger });
  await apollo.start();

  const authenticator = createAuthenticator({ ...config.auth, clock });
  const openScope = createScopes({ authenticator, sources, clock, requestTimeoutMs });
  let draining = false;
  const server = await createServer({ logger, draining: () => draining });
  healthRoutes(server, {
    reasons: () => {
      const outage = database.outage();
      return [...(draining ? ['draining'] : []), ...(outage === undefined ? [] : [`database: ${outage}`])];
    },
  });
  await graphqlRoute(server, { apollo, homepage, openScope, batchEndpoint });
  homepageRoute(server, { homepage, executor, operations, openScope, batchEndpoint, clock });
  legacyRoutes(server, { homepage, executor, operations, openScope, sunset: legacySunset });
  imageRoute(server, { render: renderDemoImage });

  return {
    server,
    drain: () => {
      draining = true;
    },
    close: async () => {
      draining = true;
      await server.close();
      await apollo.stop();
      await database.close();
    },
  };
}
