import type { Db, Document } from 'mongodb';
import { type CollectionName, collections } from '../../database/models/collections.js';
import { withPlainNumbers } from '../../database/plain-numbers.js';
import type { CompleteItem } from '../../page/sources/section-reader.js';
import type { Section } from '../../sections/define-section.js';
import { QUESTION_MS } from './check-server.js';
import type { Finding } from './finding.js';

/** Documents of a collection that are looked at: enough for shares of a few per cent. */
const SAMPLE = 1000;
/** Shares of bad documents from which on it is a fault: the page would lack most of them. */
const FAULTY_SHARE = 0.5;

/** Every collection that sections read: whether it is there, and what of its documents the gateway could not show. */
export async function checkCollections(options: {
  database: Db;
  registry: readonly Section[];
  completeItem: CompleteItem;
}): Promise<Finding[]> {
  const { database, registry, completeItem } = options;
  const names = [...new Set(registry.flatMap(({ dependsOn }) => dependsOn))];
  const there = new Set((await database.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name));
  const missing = names.filter((name) => !there.has(name));
  if (missing.length === names.length) {
    return [
      {
        ...{ subject: 'collections', severity: 'fault' },
        text: `database "${database.databaseName}" has none of ${names.join(', ')}: is its name right?`,
        remedy: await elsewhere(database, names),
      },
    ];
  }
  const found = await Promise.all(
    names.map((name) => (there.has(name) ? checkCollection(database, name, registry, completeItem) : [lacking(name)])),
  );
  return found.flat();
}

const lacking = (name: string): Finding => ({
  ...{ subject: `collection ${name}`, severity: 'fault', text: 'is missing: sections that read it are empty' },
  remedy: 'check the name of the database in MONGODB_URI, and that of the collection',
});

/** Databases of this server that look like the shop's. */
async function elsewhere(database: Db, names: readonly string[]): Promise<string> {
  const mend = 'name the database in MONGODB_URI: mongodb://host/DATABASE';
  try {
    const { databases } = await database.admin().listDatabases({ nameOnly: true });
    const candidates: string[] = [];
    for (const { name } of databases.slice(0, 50)) {
      const listed = await database.client.db(name).listCollections({}, { nameOnly: true }).toArray();
      if (names.every((wanted) => listed.some((one) => one.name === wanted))) candidates.push(`"${name}"`);
    }
    return candidates.length === 0 ? mend : `${mend}; ${candidates.join(', ')} has them`;
  } catch {
    return mend;
  }
}

async function checkCollection(
  database: Db,
  name: CollectionName,
  registry: readonly Section[],
  completeItem: CompleteItem,
): Promise<Finding[]> {
  const subject = `collection ${name}`;
  const collection = database.collection(name);
  const count = await collection.estimatedDocumentCount({ maxTimeMS: QUESTION_MS });
  if (count === 0) return [{ subject, severity: 'fault', text: 'is empty: sections that read it are empty' }];
  const documents = await sample(database, name);
  const findings: Finding[] = [
    { subject, severity: 'ok', text: `about ${count} documents, ${documents.length} looked at` },
  ];
  const share = (bad: number) => `${((100 * bad) / documents.length).toFixed(1)} %`;
  const section = registry.find(({ item }) => item.collection === name);
  if (section !== undefined) {
    const faults = new Map<string, { bad: number; ids: string[] }>();
    for (const document of documents) {
      const { fault } = completeItem(section.item.type, withPlainNumbers(document));
      if (fault === undefined) continue;
      const reason = `${fault.field}: expected ${fault.expected}, found ${fault.found.split(' ')[0]}`;
      const known = faults.get(reason) ?? { bad: 0, ids: [] };
      faults.set(reason, { bad: known.bad + 1, ids: [...known.ids, String(document['_id'])].slice(0, 3) });
    }
    for (const [reason, { bad, ids }] of faults) {
      findings.push({
        subject,
        severity: bad / documents.length >= FAULTY_SHARE ? 'fault' : 'warning',
        text: `${share(bad)} would be left out: ${reason} (such as ${ids.join(', ')})`,
      });
    }
    for (const [field, target] of Object.entries(section.item.references)) {
      const texts = documents.filter((document) => typeof document[field] === 'string').length;
      if (texts > 0) {
        findings.push({
          ...{ subject, severity: 'warning' },
          text: `${share(texts)} refer to ${target} by text in "${field}": the gateway looks for ObjectIds`,
          remedy: `db.${name}.updateMany({ ${field}: { $type: 'string' } }, [{ $set: { ${field}: { $toObjectId: '$${field}' } } }])`,
        });
      }
    }
  }
  const decimals = documents.filter((document) => someValue(document, (value) => bsonType(value) === 'Decimal128'));
  if (decimals.length > 0) {
    findings.push({
      subject,
      severity: 'ok',
      text: `${share(decimals.length)} have Decimal128 numbers, which is fine`,
    });
  }
  const broken = documents.filter((document) =>
    someValue(document, (value) => isText(value) && value.includes('\uFFFD')),
  );
  if (broken.length > 0) {
    findings.push({
      ...{ subject, severity: 'warning' },
      text: `${share(broken.length)} have text that is not UTF-8, shown with U+FFFD`,
    });
  }
  const unknownFields = Object.keys(collections[name]).filter((field) =>
    documents.every((one) => one[field] === undefined),
  );
  if (unknownFields.length > 0) {
    findings.push({ subject, severity: 'note', text: `no document has ${unknownFields.join(', ')}` });
  }
  return findings;
}

async function sample(database: Db, name: CollectionName): Promise<Document[]> {
  const collection = database.collection(name);
  const read = { maxTimeMS: QUESTION_MS, enableUtf8Validation: false };
  return collection
    .aggregate([{ $sample: { size: SAMPLE } }], read)
    .toArray()
    .catch(() => collection.find({}, { ...read, limit: SAMPLE }).toArray());
}

const isText = (value: unknown): value is string => typeof value === 'string';

const bsonType = (value: unknown) =>
  typeof value === 'object' && value !== null && '_bsontype' in value ? value._bsontype : undefined;

function someValue(value: unknown, test: (value: unknown) => boolean): boolean {
  if (test(value)) return true;
  if (typeof value !== 'object' || value === null || bsonType(value) !== undefined) return false;
  return Object.values(value).some((inner) => someValue(inner, test));
}
