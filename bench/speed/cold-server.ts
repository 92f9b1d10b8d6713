import type { CollectionSource, FindPlan } from '../../src/database/collection-source.js';
import type { Sources } from '../../src/database/connect.js';
import { builtModules } from '../built-gateway.js';

/**
 * The built gateway that loads every page: it keeps no entry (`CACHE_MEMORY_BYTES=0` without Redis). The database stands apart:
 * what a read answered once is given again from memory from then on, as documents. Listens on `PORT`.
 */
const { buildApp, loadConfig, systemClock, connectDatabase, registry, createLogger, timelessText } =
  await builtModules();

const clock = systemClock;
const config = loadConfig({ ...process.env, CACHE_MEMORY_BYTES: '0', ENABLE_CACHE_WARMING: 'false' });
const logger = createLogger({ level: config.logLevel, pretty: false });
const database = connectDatabase({
  ...{ uri: String(config.database.uri), logger, clock },
  poolSize: config.database.poolSize,
  createIndexes: config.database.createIndexes,
});

function remembered<Plan extends Partial<FindPlan>, Answer>(read: (plan: Plan) => Promise<Answer>) {
  const answers = new Map<string, Promise<Answer>>();
  return (plan: Plan): Promise<Answer> => {
    const name = timelessText([plan.filter, plan.select, plan.sort, plan.limit]);
    const answer = answers.get(name) ?? read(plan);
    answers.set(name, answer);
    return answer;
  };
}

const sources = Object.fromEntries(
  Object.entries(database.sources).map(([name, { find, count, page }]: [string, CollectionSource]) => [
    name,
    { find: remembered(find), count: remembered(count), page: remembered(page) },
  ]),
) as unknown as Sources;

const app = await buildApp({ config, registry, database: { ...database, sources }, clock, logger });
await database.ready;
await app.server.listen({ host: '127.0.0.1', port: config.http.port });
