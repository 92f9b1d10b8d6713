import type { Document } from 'bson';
import type { DemoDataOptions } from './generate.js';
import { demoCounts, generateDemoData } from './generate.js';
import type { CollectionName } from './scale.js';

export interface DemoLoadProgress {
  collection: CollectionName;
  /** Documents inserted so far, and in the end, over all collections. */
  inserted: number;
  total: number;
}

export interface LoadDemoDataOptions extends DemoDataOptions {
  /** Stores up to 1,000 documents; the next batch is made when it has resolved. */
  insert(collection: CollectionName, documents: Document[]): Promise<void>;
  /** Called after every batch. */
  onProgress?(progress: DemoLoadProgress): void;
}

/** Fills a database with a demo shop, one batch after the other; answers how many documents each collection got. */
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
