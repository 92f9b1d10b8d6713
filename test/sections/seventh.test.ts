import { trusted } from 'mongoose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { standardPolicy } from '../../src/core/cache-policy.js';
import { generatedFiles } from '../../src/graphql/operations/generated-files.js';
import { defineSection } from '../../src/sections/define-section.js';
import { productItem } from '../../src/sections/items/product.js';
import { registry } from '../../src/sections/registry.js';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

// What a new file in src/sections/ would hold.
const editorsPick = defineSection({
  id: 'editors_pick',
  title: "Editors' Pick",
  type: 'products',
  item: productItem,
  scope: 'public',
  dependsOn: ['products', 'stores', 'categories'],
  cache: standardPolicy,
  load: ({ products, limit, read }) =>
    products.page({
      filter: { isActive: true, rating: trusted({ $gte: 4.5 }) },
      sort: { rating: -1, views: -1 },
      select: productItem.select,
      limit,
      ...read,
    }),
});

const clock = createFakeClock();
// What a new line in the registry would do.
const seven = [...registry, editorsPick];
let shop: Shop;
let app: TestApp;

beforeAll(async () => {
  shop = await startShop({ now: clock.now() });
  app = await buildTestApp(shop.uri, { clock, registry: seven });
});
afterAll(async () => {
  await app.close();
  await shop.close();
});

describe('a seventh section is one file and one line in the registry', () => {
  it('is a GraphQL field and an enum value', async () => {
    const { body } = await app.graphql(
      '{ homepage(sections: [EDITORS_PICK], limit: 3) { editorsPick { section title type items { name rating store { name } } total } offers { section } metadata { cacheKey sections { section status } } } }',
    );
    expect(body.errors).toBeUndefined();
    const page = body.data?.['homepage'];
    expect(page?.['editorsPick']).toMatchObject({ section: 'EDITORS_PICK', title: "Editors' Pick", type: 'products' });
    expect(page?.['offers']).toBeNull();
    expect(page?.['metadata']).toEqual({
      cacheKey: 'homepage:anonymous:v1:limit=3:sections=editors_pick',
      sections: [{ section: 'EDITORS_PICK', status: 'FRESH' }],
    });
  });

  it('is a REST key, in both spellings, and in the default page', async () => {
    const page = await app.get('/api/v1/homepage');
    expect(Object.keys(page.body.data.sections).at(-1)).toBe('editorsPick');
    expect(page.body.data.sections['editorsPick']?.items[0]?.['rating']).toBeGreaterThanOrEqual(4.5);
    for (const spelling of ['editors_pick', 'editorsPick']) {
      const { body } = await app.get(`/api/v1/homepage?sections=${spelling}&fields=${spelling}.items.name`);
      expect(Object.keys(body.data.sections['editorsPick']?.items[0] ?? {})).toEqual(['name']);
    }
  });

  it('fails alone, by its own id', async () => {
    await shop.fail('products', { failCommands: ['find'], errorCode: 96 });
    const { body } = await app.get('/api/v1/homepage?sections=editors_pick,events');
    await shop.heal();
    expect(body.errors?.[0]).toMatchObject({ section: 'editors_pick', message: 'Failed to fetch editors_pick' });
    expect(body.data.sections['events']).not.toBeNull();
  });

  it('is counted, named among what is allowed, and in the generated files', async () => {
    const { body } = await app.get('/api/v1/homepage?sections=editors_pick&includeAnalytics=1');
    expect(body.data.analytics?.sectionViews['editors_pick']).toBeGreaterThan(0);
    const refused = await app.get('/api/v1/homepage?sections=editors_pik');
    expect(refused.body.errors?.[0]?.['message']).toContain('did you mean "editors_pick"');
    expect(refused.body.errors?.[0]?.['allowed']).toContain('editors_pick');
    const files = generatedFiles(seven);
    expect(files.get('schema/schema.graphql')).toContain('EDITORS_PICK');
    expect(files.get('schema/operations/Homepage.graphql')).toContain('editorsPick {');
  });
});
