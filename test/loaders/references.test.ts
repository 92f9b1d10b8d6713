import { Types } from 'mongoose';
import { describe, expect, it } from 'vitest';
import type { FindPlan, StoredDocument } from '../../src/database/collection-source.js';
import type { Sources } from '../../src/database/connect.js';
import { createReferenceLoaders } from '../../src/loaders/references.js';
import { createFakeClock } from '../support/fake-clock.js';
import { silentLogger } from '../support/test-logger.js';

const store = new Types.ObjectId();
const category = new Types.ObjectId();
const fields = { store: 'stores', category: 'categories' } as const;

function createFixture() {
  const clock = createFakeClock();
  const asked: string[] = [];
  let name = 'Before';
  const source = (collection: string) => ({
    find: async ({ filter }: FindPlan): Promise<StoredDocument[]> => {
      asked.push(collection);
      const { $in: ids } = filter['_id'] as { $in: string[] };
      return ids.map((id) => ({ _id: new Types.ObjectId(id), name }));
    },
  });
  const loaders = createReferenceLoaders({
    sources: { stores: source('stores'), categories: source('categories') } as unknown as Sources,
    clock,
    logger: silentLogger,
  });
  return {
    loaders,
    asked,
    rename: (next: string) => {
      name = next;
    },
  };
}

const read = { signal: new AbortController().signal, remainingMs: () => 1000 };

const found = (count: number) => async () => ({
  documents: Array.from({ length: count }, () => ({ store, category })),
});

describe('reference loaders', () => {
  it('ask once for each collection, however many refer to one document', async () => {
    const { loaders, asked } = createFixture();
    const pages = await Promise.all([loaders.join(fields, found(20), read), loaders.join(fields, found(20), read)]);
    expect(asked.sort()).toEqual(['categories', 'stores']);
    for (const { page, degraded } of pages) {
      expect(degraded).toBe(false);
      for (const document of page.documents) expect(document.store).toMatchObject({ _id: store, name: 'Before' });
    }
  });

  it('remember nothing: what a later load joins was read after it began, or an invalidation would be lost', async () => {
    const { loaders, rename } = createFixture();
    await loaders.join(fields, found(1), read);
    rename('After');
    const { page } = await loaders.join(fields, found(1), read);
    expect(page.documents[0]?.store).toMatchObject({ name: 'After' });
  });

  it('ask for nothing when nothing is referred to', async () => {
    const { loaders, asked } = createFixture();
    const { page } = await loaders.join(fields, async () => ({ documents: [{ store: null, category: 'text' }] }), read);
    expect([asked, page.documents]).toEqual([[], [{ store: null, category: null }]]);
  });
});
