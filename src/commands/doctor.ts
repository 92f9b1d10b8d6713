import 'reflect-metadata';
import { createInterface } from 'node:readline/promises';
import { MongoClient } from 'mongodb';
import { ConfigError, loadConfig } from '../config/config.js';
import { systemClock } from '../core/clock.js';
import { createLogger } from '../core/logger.js';
import { ensureIndexes } from '../database/ensure-indexes.js';
import { registry } from '../sections/registry.js';
import { readOptions } from './command-line.js';
import { examine } from './doctor/examine.js';
import { hasFaults, tableOf } from './doctor/finding.js';

/** `npm run doctor`: looks at a shop as the gateway would, before it goes live. */
const options = readOptions({
  usage: 'npm run doctor -- [--json] [--fix-indexes [--yes]] [--token TOKEN]',
  description:
    'Looks at the database of MONGODB_URI, the Redis of REDIS_URL and the settings of tokens as the gateway would, and says what would\n' +
    'fail or be slow. It changes nothing, but for indexes with --fix-indexes. Exit code 1 when something would fail.',
  options: {
    json: { flag: true, description: 'for programs' },
    'fix-indexes': { flag: true, description: 'makes the missing indexes, after asking' },
    yes: { flag: true, description: 'does not ask' },
    token: { pattern: /^\S+$/, optional: true, allowed: 'a token', description: 'is verified as a request’s would be' },
  },
});

async function run(): Promise<void> {
  const config = loadConfig();
  const { uri } = config.database;
  if (uri === undefined) throw new ConfigError(['MONGODB_URI: expected, because this is the shop to look at']);
  const { findings, missing } = await examine({ uri, config, registry, token: options.token, clock: systemClock });
  console.log(options.json ? JSON.stringify({ ok: !hasFaults(findings), findings }, null, 2) : tableOf(findings));
  process.exitCode = hasFaults(findings) ? 1 : 0;
  if (!options['fix-indexes'] || missing.length === 0) return;
  const names = missing.map(({ collection, name }) => `${collection}.${name}`).join(', ');
  if (!options.yes && !(await agreed(`Make ${names}? [y/N] `))) return;
  const logger = createLogger({ level: 'warn', pretty: process.stdout.isTTY });
  const client = await MongoClient.connect(uri);
  await ensureIndexes({ database: client.db(), logger, definitions: missing });
  await client.close();
  console.error(`Made: ${names}`);
}

async function agreed(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(question);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

run().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
