import type { Db, Document } from 'mongodb';
import type { SentCommand } from '../../database/connect.js';
import { type IndexDefinition, indexes } from '../../database/indexes.js';
import type { Section } from '../../sections/define-section.js';
import { QUESTION_MS } from './check-server.js';
import type { Finding } from './finding.js';

/** A plan that looks at more than this for each document that it returns reads the collection, not the index. */
const MAX_EXAMINED_PER_RETURNED = 10;
/** Collections below this size are read through faster than any index. */
const SMALL = 1000;
/** What the driver and the session add to a command, and `explain` does not take. */
const ownFields = ['lsid', '$db', '$clusterTime', '$readPreference', 'comment', 'maxTimeMS', 'apiVersion', 'txnNumber'];

/** The command that makes an index, for mongosh. */
export const commandOf = ({ collection, keys, name, partialFilterExpression, unique }: IndexDefinition): string => {
  const options = {
    name,
    ...(partialFilterExpression === undefined ? {} : { partialFilterExpression }),
    ...(unique === undefined ? {} : { unique }),
  };
  return `db.${collection}.createIndex(${JSON.stringify(keys)}, ${JSON.stringify(options)})`;
};

/** Which indexes of the gateway's table are missing, and which of the shop's have not been used. */
export async function checkIndexes(database: Db): Promise<{ findings: Finding[]; missing: IndexDefinition[] }> {
  const findings: Finding[] = [];
  const missing: IndexDefinition[] = [];
  for (const name of new Set(indexes.map(({ collection }) => collection))) {
    const subject = `indexes of ${name}`;
    const wanted = indexes.filter(({ collection }) => collection === name);
    const listed = await database
      .collection(name)
      .listIndexes({ maxTimeMS: QUESTION_MS })
      .toArray()
      .catch((): Document[] => []);
    const keys = new Set(listed.map(({ key }) => JSON.stringify(key)));
    const lacking = wanted.filter((index) => !keys.has(JSON.stringify(index.keys)));
    missing.push(...lacking);
    for (const index of lacking) {
      findings.push({
        ...{ subject, severity: 'warning', text: `${index.name} is missing: it serves ${index.serves}` },
        remedy: commandOf(index),
      });
    }
    if (lacking.length === 0) findings.push({ subject, severity: 'ok', text: `all ${wanted.length} are there` });
    const unused = await unusedIndexes(database, name);
    if (unused.length > 0) {
      findings.push({ subject, severity: 'note', text: `not used since the server started: ${unused.join(', ')}` });
    }
  }
  return { findings, missing };
}

async function unusedIndexes(database: Db, name: string): Promise<string[]> {
  const usage = await database
    .collection(name)
    .aggregate([{ $indexStats: {} }], { maxTimeMS: QUESTION_MS })
    .toArray()
    // The right to it is one of its own, and the embedded database has none.
    .catch((): Document[] => []);
  return usage
    .filter(({ name: index, accesses }) => index !== '_id_' && Number(accesses?.ops) === 0)
    .map(({ name: index }) => index);
}

/** How the server carries out the commands that a section sends. */
export async function checkPlans(options: {
  database: Db;
  section: Section;
  commands: readonly SentCommand[];
  sizeOf: (collection: string) => Promise<number>;
}): Promise<Finding[]> {
  const { database, section, commands, sizeOf } = options;
  const findings: Finding[] = [];
  for (const { name, collection, command } of commands) {
    if (name !== 'find' && name !== 'aggregate') continue;
    const explained = Object.fromEntries(Object.entries(command).filter(([field]) => !ownFields.includes(field)));
    const subject = `section ${section.id}`;
    try {
      const plan = await database.command({ explain: explained, verbosity: 'executionStats', maxTimeMS: QUESTION_MS });
      findings.push({ subject, ...judge(name, collection, plan, await sizeOf(collection)) });
    } catch (error) {
      findings.push({
        subject,
        severity: 'note',
        text: `${name} of ${collection} cannot be explained: ${String(error)}`,
      });
    }
  }
  return findings;
}

function judge(name: string, collection: string, plan: Document, size: number): Omit<Finding, 'subject'> {
  const text = JSON.stringify(plan);
  const stages = new Set([...text.matchAll(/"stage":"(\w+)"/g)].map(([, stage = '']) => stage));
  const [, index] = /"indexName":"([^"]+)"/.exec(text) ?? [];
  const stats = plan['executionStats'] ?? plan['stages']?.[0]?.['$cursor']?.executionStats ?? {};
  const { totalKeysExamined: keys = 0, totalDocsExamined: documents = 0, nReturned: returned = 0 } = stats;
  const way = index === undefined ? [...stages].join(', ') || 'unknown plan' : `index ${index}`;
  const summary = `${name} of ${collection}: ${way}, ${keys} keys and ${documents} documents for ${returned}`;
  if (size <= SMALL) return { severity: 'ok', text: summary };
  if (stages.has('SORT')) return { severity: 'warning', text: `${summary}; sorts in memory` };
  if (stages.has('COLLSCAN')) return { severity: 'warning', text: `${summary}; reads the whole collection` };
  const examined = Math.max(keys, documents);
  const isWasteful = examined > MAX_EXAMINED_PER_RETURNED * Math.max(1, returned) && examined > SMALL;
  return { severity: isWasteful ? 'warning' : 'ok', text: summary };
}
