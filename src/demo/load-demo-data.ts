import type { Document } from 'bson';
import type { DemoDataOptions } from './generate-demo-data.js';
import { demoCounts, generateDemoData } from './generate-demo-data.js';
import type { CollectionName } from './scale.js';

export interface DemoLoadProgress {
  collection: CollectionName;
  /** Documents inserted so far, and `total` to insert, over all collections. */
  inserted: number;
  total: number;
}

export interface LoadDemoDataOptions extends DemoDataOptions {
  /** Stores up to 1,000 documents. The next batch is made after it has resolved. */
  insert(collection: CollectionName, documents: Document[]): Promise<void>;
  /** Called after every batch. */
  onProgress?(progress: DemoLoadProgress): void;
}

/** Fills a database with a demo shop, batch by batch. Resolves with the number of documents of each collection. */
export async function loadDemoData(options: LoadDemoDataOptions): Promise<Record<CollectionName, number>> {
  const counts = demoCounts(options);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  let inserted = 0;
  for (const { collection, documents } of generateDemoData(options)) {
    await options.insert(collection, documents);
    inserted += documents.length;
    options.onProgress?.({ collection, inserted, total });
  }
  return counts;
}
