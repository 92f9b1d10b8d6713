import { MongoClient } from 'mongodb';
import type { Config } from '../../config/config.js';
import type { Clock } from '../../core/clock.js';
import { createDeadline } from '../../core/deadline.js';
import { createLogger } from '../../core/logger.js';
import { connectDatabase, type SentCommand } from '../../database/connect.js';
import type { IndexDefinition } from '../../database/indexes.js';
import { createSchema } from '../../graphql/schema/build-schema.js';
import { createItemCompleter } from '../../graphql/schema/complete-item.js';
import { createReferenceLoaders } from '../../loaders/references.js';
import { createMalformedDocuments } from '../../page/sources/malformed-documents.js';
import { createSectionReader } from '../../page/sources/section-reader.js';
import type { Section } from '../../sections/define-section.js';
import { checkCollections } from './check-collections.js';
import { checkIndexes, checkPlans } from './check-plans.js';
import { checkRedis } from './check-redis.js';
import { checkServer, QUESTION_MS } from './check-server.js';
import { checkTokens } from './check-tokens.js';
import type { Finding } from './finding.js';

export interface Examination {
  findings: Finding[];
  missing: IndexDefinition[];
}

/** Looks at a shop's database, Redis and token settings as the gateway would, and changes nothing. */
export async function examine(options: {
  uri: string;
  config: Pick<Config, 'redis' | 'auth' | 'shopCurrency'>;
  registry: readonly Section[];
  token: string | undefined;
  clock: Clock;
}): Promise<Examination> {
  const { uri, config, registry, token, clock } = options;
  const logger = createLogger({ level: 'silent', pretty: false });
  const tokens = await checkTokens({ auth: config.auth, token, clock, logger });
  const redis = config.redis === undefined ? [] : await checkRedis(config.redis, clock);
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: QUESTION_MS });
  try {
    await client.connect();
    const database = client.db();
    const server = await checkServer(database, clock);
    const completeItem = createItemCompleter(createSchema(registry), { currency: config.shopCurrency });
    const collections = await checkCollections({ database, registry, completeItem });
    const { findings: indexes, missing } = await checkIndexes(database);
    const sizeOf = (name: string) => database.collection(name).estimatedDocumentCount({ maxTimeMS: QUESTION_MS });
    const sections: Finding[] = [];
    for (const [section, commands] of await sentBySections({ uri, registry, clock })) {
      sections.push(...(await checkPlans({ database, section, commands, sizeOf })));
    }
    return { findings: [...server, ...collections, ...indexes, ...sections, ...redis, ...tokens], missing };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fault: Finding = {
      ...{ subject: 'database', severity: 'fault', text: `cannot be read: ${reason}` },
      remedy: 'check host, user and database in MONGODB_URI',
    };
    return { findings: [fault, ...redis, ...tokens], missing: [] };
  } finally {
    await client.close();
  }
}

/** What each section sends to the database: its own queries, run once. */
async function sentBySections(options: {
  uri: string;
  registry: readonly Section[];
  clock: Clock;
}): Promise<Map<Section, SentCommand[]>> {
  const { uri, registry, clock } = options;
  const logger = createLogger({ level: 'silent', pretty: false });
  let sent: SentCommand[] = [];
  const onCommand = (command: SentCommand) => {
    sent.push(command);
    return undefined;
  };
  const database = connectDatabase({ uri, poolSize: 2, createIndexes: false, logger, clock, onCommand });
  const { sources } = database;
  const read = createSectionReader({
    ...{ sources, clock },
    completeItem: createItemCompleter(createSchema(registry)),
    malformed: createMalformedDocuments({ clock, logger }),
  });
  const commands = new Map<Section, SentCommand[]>();
  try {
    await database.ready;
    for (const section of registry) {
      sent = [];
      const deadline = createDeadline({ clock, timeoutMs: QUESTION_MS });
      const loaders = createReferenceLoaders({ sources, clock, logger });
      await read({ section, near: undefined, viewer: undefined, loaders, read: deadline }).catch(() => undefined);
      deadline.dispose();
      commands.set(
        section,
        sent.filter(({ collection }) => collection === section.item.collection),
      );
    }
    return commands;
  } finally {
    await database.close();
  }
}
