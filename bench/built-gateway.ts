/** The built gateway, in this process, over an embedded database with demo data. */
export interface BuiltGateway {
  /** Both resolve with the body's text, and reject for any status but 200. */
  get(path: string): Promise<string>;
  post(query: string): Promise<string>;
  close(): Promise<void>;
}

/** A module of `dist/`; its types are those of the source that it was built from. */
const built = <Module>(path: string): Promise<Module> => import(new URL(`../dist/${path}`, import.meta.url).href);

/** What it is put together from. */
export async function builtModules() {
  await import('reflect-metadata');
  return {
    ...(await built<typeof import('../src/app.js')>('app.js')),
    ...(await built<typeof import('../src/config/config.js')>('config/config.js')),
    ...(await built<typeof import('../src/core/clock.js')>('core/clock.js')),
    ...(await built<typeof import('../src/core/logger.js')>('core/logger.js')),
    ...(await built<typeof import('../src/database/connect.js')>('database/connect.js')),
    ...(await built<typeof import('../src/demo/start-demo.js')>('demo/start-demo.js')),
    ...(await built<typeof import('../src/page/sources/counted-sources.js')>('page/sources/counted-sources.js')),
    ...(await built<typeof import('../src/sections/registry.js')>('sections/registry.js')),
  };
}

export async function startBuiltGateway(): Promise<BuiltGateway> {
  const { buildApp, loadConfig, systemClock, connectDatabase, startDemo, registry, createLogger } =
    await builtModules();
  const clock = systemClock;
  const logger = createLogger({ level: 'info', pretty: false, destination: { write: () => {} } });
  const config = loadConfig({ ENABLE_CACHE_WARMING: 'false', RATE_LIMIT_MAX: '1000000' });
  const demo = await startDemo({ auth: config.auth, clock });
  const database = connectDatabase({
    ...{ uri: demo.uri, logger, clock },
    poolSize: config.database.poolSize,
    createIndexes: config.database.createIndexes,
  });
  const app = await buildApp({ config, registry, database, clock, logger });
  await database.ready;
  await app.following;
  const origin = await app.server.listen({ host: '127.0.0.1', port: 0 });

  const textOf = async (answer: Promise<Response>) => {
    const response = await answer;
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return text;
  };
  return {
    get: (path) => textOf(fetch(`${origin}${path}`)),
    post: (query) =>
      textOf(
        fetch(`${origin}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        }),
      ),
    close: async () => {
      await app.close();
      await demo.close();
    },
  };
}
