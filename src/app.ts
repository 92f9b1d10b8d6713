import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { startJobs } from './background/start-background.js';
import { type Cache, createCache } from './cache/cache.js';
import { plainCodec } from './cache/entry-format.js';
import { createRedisStore } from './cache/redis/redis-store.js';
import type { Config } from './config/config.js';
import type { Clock } from './core/clock.js';
import type { Logger as RequestLogger } from './core/logger.js';
import type { Random } from './core/random.js';
import type { Tracer } from './core/tracer.js';
import type { Database } from './database/connect.js';
import { renderDemoImage } from './demo/images/image.js';
import { createApolloServer } from './graphql/apollo/apollo-server.js';
import { createComplexityPlugin } from './graphql/limits/complexity.js';
import { createExecutor } from './graphql/operations/executor.js';
import { createOperations } from './graphql/operations/operations.js';
import { createPersistedOperations } from './graphql/operations/persisted-operations.js';
import { createSchema } from './graphql/schema/build-schema.js';
import { createItemCompleter } from './graphql/schema/complete-item.js';
import { createItemShapes } from './graphql/schema/item-shape.js';
import { createAuthentication } from './http/auth/authentication.js';
import { createUnderWay } from './http/connections/under-way.js';
import type { Answered } from './http/hooks/answered.js';
import { createShortWay } from './http/hot/short-way.js';
import { gatewayDocument } from './http/openapi/gateway-document.js';
import { type DemoControls, demoControls } from './http/pages/demo-controls.js';
import { exampleOperations } from './http/pages/example-operations.js';
import { graphiqlPage } from './http/pages/graphiql-page.js';
import { referencePage } from './http/pages/reference-page.js';
import { shopPage } from './http/pages/shop-page.js';
import { createRateLimit } from './http/rate-limit/rate-limit-hook.js';
import { createRateLimiter } from './http/rate-limit/rate-limiter.js';
import { adminRoute } from './http/routes/admin-route.js';
import { graphqlRoute } from './http/routes/graphql-route.js';
import { healthRoutes, redisWarnings } from './http/routes/health-routes.js';
import { homepageRoute } from './http/routes/homepage-route.js';
import { imageRoute } from './http/routes/image-route.js';
import { legacyRoutes } from './http/routes/legacy-routes.js';
import { createMetricsServer, metricsRoute } from './http/routes/metrics-route.js';
import { createRequestScopes } from './http/routes/open-request.js';
import { openApiRoute } from './http/routes/openapi-route.js';
import { createServer } from './http/server.js';
import { createReferenceLoaders } from './loaders/references.js';
import { createAnswerLog } from './observability/answer-log.js';
import { createLoggedEvents } from './observability/logged-events.js';
import { createMetrics, type ShareMetrics } from './observability/metrics/metrics.js';
import { endRequestSpan } from './observability/traces/end-request-span.js';
import { tracedHomepage, tracedSource } from './observability/traces/traced-page.js';
import { createHomepage } from './page/homepage.js';
import { createScopes } from './page/request-scope.js';
import { createCachedSource, sectionOfKey } from './page/sources/cached-source.js';
import { createCountedSources } from './page/sources/counted-sources.js';
import { createMalformedDocuments } from './page/sources/malformed-documents.js';
import { createPageMemory } from './page/sources/page-memory.js';
import { createReferenceMemory } from './page/sources/reference-memory.js';
import { createSectionReader } from './page/sources/section-reader.js';
import { createViewCounter } from './page/view-counter.js';
import { createAdmission } from './protection/admission.js';
import { createLagSensor } from './protection/lag-sensor.js';
import { createSourceGuards } from './protection/source-guards.js';
import { createCounters } from './redis/counters.js';
import { createElections } from './redis/elections.js';
import { connectRedis } from './redis/redis-connection.js';
import { createSpendings } from './redis/spendings.js';
import { createTexts } from './redis/texts.js';
import type { Section } from './sections/define-section.js';

/** Elections, counters and rate limits may wait longer for Redis than a request: no request waits for them. */
const BOOKKEEPING_TIMEOUT_MS = 1000;
/** Where `npm run build` puts the shop's page. */
const WEB_DIRECTORY = fileURLToPath(new URL('../dist/web/', import.meta.url));
/** Share of a request's time that a load may take. */
const LOAD_SHARE = 0.9;

export interface App {
  server: FastifyInstance;
  /** Serves `GET /metrics` on a port of its own, when it listens; undefined without `METRICS_PORT`. */
  metricsServer: Server | undefined;
  /** Resolves when the database's changes are being followed, or cannot be. */
  following: Promise<void>;
  /** From now on `/readyz` says that this process is going away, and each answer ends its connection. */
  drain(): void;
  /** Resolves when every request that is under way now is answered. */
  answered(): Promise<void>;
  /** Takes no new connections, and keeps those that there are: what has been sent on them is still answered. */
  stopListening(): void;
  /** Answers what is under way, then closes everything that the app has opened. */
  close(): Promise<void>;
}

/** Wires the gateway: every dependency is made here, or given, and passed down. */
export async function buildApp(options: {
  config: Config;
  registry: readonly Section[];
  database: Database;
  clock: Clock;
  logger: Logger;
  random?: Random;
  /** What developers may try with the demo database; never in production. */
  demo?: DemoControls | undefined;
  /** Instead of the cache over memory, and Redis where it is configured. */
  cache?: Cache;
  /** Records traces, where they are switched on. */
  tracer?: Tracer | undefined;
  /** Of several workers. */
  shareMetrics?: ShareMetrics | undefined;
}): Promise<App> {
  const { config, registry, database, clock, logger, random = Math.random, tracer } = options;
  const { batchEndpoint, requestTimeoutMs, legacySunset, persistedOnly, corsOrigins, trustProxy, metricsPort } =
    config.http;
  const { memoryBytes, ttlSeconds, staleWhileRevalidate, warming, warmingIntervalMs } = config.cache;
  const { production } = config;
  // A load must fail before its request's time is over: only then is the failure remembered.
  const queryTimeoutMs = Math.min(config.database.queryTimeoutMs, Math.ceil(requestTimeoutMs * LOAD_SHARE));
  const { sources } = database;
  let draining = false;
  const startedAt = clock.now();

  const redis = config.redis && connectRedis({ ...config.redis, commandTimeoutMs: BOOKKEEPING_TIMEOUT_MS });
  const bookkeeping = redis && config.redis && { redis, prefix: config.redis.prefix };
  redis?.connect();
  const { authenticator, viewerOf } = createAuthentication({ auth: config.auth, clock, logger, tracer });
  const limiter =
    config.rateLimitMax > 0
      ? createRateLimiter({
          ...{ max: config.rateLimitMax, clock, logger },
          shared: bookkeeping && createSpendings(bookkeeping),
        })
      : undefined;
  const { takeOnArrival, charge } = createRateLimit({ limiter, viewerOf });
  const underWay = createUnderWay({ clock });
  const { events, sourceEvents, pageEvents } = createLoggedEvents({ logger, clock });
  const lag = createLagSensor({ clock });
  const { memory, alwaysLook } = createPageMemory({ memoryBytes, hasRedis: config.redis !== undefined });
  const cache =
    options.cache ??
    createCache({
      memory,
      shared: config.redis && createRedisStore({ ...config.redis, clock, random }),
      clock,
      events,
      random,
      codec: plainCodec,
      loadLimitMs: queryTimeoutMs,
      alwaysLook,
      admit: createAdmission({ isLagging: lag.isLagging, events: sourceEvents }),
      tracer,
    });
  cache.start();
  const loading = { sources, clock, memory: createReferenceMemory(cache.parts), tracer };
  const newLoaders = (of: RequestLogger) => createReferenceLoaders({ ...loading, logger: of });

  const schema = createSchema(registry);
  const executor = createExecutor({ schema });
  const operations = createOperations(schema, registry);
  const itemDefaults = { currency: config.shopCurrency };
  const completeItem = createItemCompleter(schema, itemDefaults);
  const read = createSectionReader({
    sources: createCountedSources({ sources, clock, countTimeoutMs: queryTimeoutMs }),
    completeItem,
    malformed: createMalformedDocuments({ clock, logger }),
    clock,
  });
  const guards = createSourceGuards({
    sections: registry.map(({ id }) => id),
    poolSize: config.database.poolSize,
    events: sourceEvents,
    clock,
  });
  const shapeOf = createItemShapes(schema, itemDefaults);
  const cached = createCachedSource({ cache, read, guards, registry, ttlSeconds, staleWhileRevalidate, shapeOf });
  const source = tracedSource(cached, tracer);
  const views = createViewCounter({ clock, shared: bookkeeping && createCounters(bookkeeping) });
  const pages = { registry, source, views, events: pageEvents, clock, queryTimeoutMs, enabled: batchEndpoint };
  const homepage = tracedHomepage(createHomepage(pages), tracer);
  const openScope = createScopes({ clock, requestTimeoutMs, newLoaders });
  const persisted = createPersistedOperations({ persistedOnly });
  const apollo = createApolloServer({
    ...{ schema, production, logger, persisted },
    plugins: [createComplexityPlugin({ pageSections: registry.length })],
  });
  await apollo.start();
  const jobs = startJobs({
    ...{ database, cache, source, registry, openScope },
    shared: bookkeeping && { ...createElections({ ...bookkeeping, random }), ...createTexts(bookkeeping) },
    ...{ warming, warmingIntervalMs, clock, logger },
  });

  const metrics = createMetrics({
    ...{ sections: registry, cacheEvents: events, pageEvents, sourceEvents, clock },
    ...{ traced: tracer !== undefined, share: options.shareMetrics },
    sources: {
      ...{ memory, breakers: guards.states, feed: jobs.feed, pool: database.pool, redis: cache.shared },
      isDatabaseUp: () => database.outage() === undefined,
      underWay: underWay.count,
      isDraining: () => draining,
    },
  });
  const logAnswer = createAnswerLog(logger);
  const onAnswered = (answer: Answered) => {
    metrics.answered(answer);
    endRequestSpan(answer);
    logAnswer(answer);
  };
  const shortWay =
    config.http.fragments && batchEndpoint
      ? createShortWay({
          ...{ registry, schema, operations, source, views, authenticator, limiter, config, tracer, clock },
          newLoaders: () => newLoaders(logger),
          draining: () => draining,
          onAnswered,
        })
      : undefined;
  const server = await createServer({
    ...{
      logger,
      answered: { clock, onAnswered },
      tracer,
      production,
      corsOrigins,
      trustProxy,
      takeOnArrival,
      underWay: underWay.connections,
    },
    draining: () => draining,
    shortWay: shortWay?.listener,
  });
  const openRequest = createRequestScopes({ viewerOf, openScope, charge });
  healthRoutes(server, {
    breakers: guards.states,
    reasons: () => {
      const outage = database.outage();
      const reasons = [draining && 'draining', outage !== undefined && `database: ${outage}`, jobs.starting()];
      return reasons.filter((reason) => typeof reason === 'string');
    },
    warnings: () => {
      const { state, reason } = jobs.feed();
      const unseen = state === 'interrupted' ? [`changes are not followed: ${reason}`] : [];
      return [...database.warnings(), ...unseen, ...redisWarnings(cache.shared())];
    },
  });
  graphqlRoute(server, { apollo, homepage, openRequest, charge, persisted, shortWay });
  homepageRoute(server, { homepage, executor, operations, openRequest, clock });
  legacyRoutes(server, { homepage, executor, operations, openRequest, sunset: legacySunset });
  adminRoute(server, {
    ...{ token: config.adminToken, registry, invalidate: cache.invalidate },
    status: () => ({
      draining,
      startedAt: new Date(startedAt).toISOString(),
      database: { outage: database.outage() ?? null, warnings: database.warnings(), ...database.pool() },
      changes: jobs.feed(),
      redis: cache.shared(),
      memory: { bytes: memory.bytes, entries: memory.size, evictions: memory.evictions },
      sections: cache.states(sectionOfKey),
      ...{ breakers: guards.states(), requestsUnderWay: underWay.count() },
    }),
  });
  const metricsServer = metricsPort === undefined ? undefined : createMetricsServer(metrics);
  if (!metricsServer) metricsRoute(server, { metrics, token: config.adminToken });
  openApiRoute(server, gatewayDocument({ schema, operations, registry }));
  referencePage(server);
  if (!production) {
    const { demo } = options;
    graphiqlPage(server, { examples: exampleOperations(registry), token: demo?.user.token });
    await shopPage(server, WEB_DIRECTORY);
    if (demo !== undefined) demoControls(server, { demo, registry, invalidate: cache.invalidate });
  }
  imageRoute(server, { render: renderDemoImage });

  return {
    server,
    metricsServer,
    following: jobs.following,
    drain: () => {
      draining = true;
    },
    answered: underWay.answered,
    stopListening: () => {
      // http.Server's own would cut connections whose first request is still on its way.
      NetServer.prototype.close.call(server.server);
    },
    close: async () => {
      draining = true;
      await server.close();
      metricsServer?.close();
      lag.stop();
      await jobs.stop();
      await views.flush();
      limiter?.stop();
      await cache.close();
      redis?.close();
      await apollo.stop();
      await database.close();
    },
  };
}
