import { beforeEach, describe, expect, it } from 'vitest';
import { registry } from '../../../src/sections/registry.js';
import type { RestBody } from '../../support/app/build-test-app.js';
import { cachedAppFixture } from '../../support/app/cached-app-fixture.js';
import { tagsOf } from '../../support/data/sections.js';

const fixture = cachedAppFixture({ products: 120 });

const page = async (search = ''): Promise<RestBody> => (await fixture.app.get(`/api/v1/homepage${search}`)).body;
const statuses = (body: RestBody) => body.data.metadata.sections.map(({ status }) => status);
const forbid = async (tags: readonly string[]) => {
  const { status } = await fixture.app.inject({
    ...{ method: 'POST', url: '/admin/invalidate', payload: JSON.stringify({ tags, mode: 'hard' }) },
    headers: { authorization: 'Bearer the admin token', 'content-type': 'application/json' },
  });
  expect(status).toBe(200);
  fixture.app.commands.length = 0;
};
/** The collections that were asked for what sections refer to, and for how many documents. */
const reads = () =>
  fixture.app.commands.flatMap(({ name, collection, command }) => {
    const filter = command['filter'] as { _id?: { $in?: unknown[] } } | undefined;
    return name === 'find' && filter?._id?.$in ? [{ collection, documents: filter._id.$in.length }] : [];
  });
/** Of a store that the page shows. */
const shownStore = ({ data }: RestBody): string => {
  const items = Object.values(data.sections).flatMap((section) => section?.items ?? []);
  const store = items.map((item) => item['store'] as { id: string } | null | undefined).find((found) => found);
  if (!store) throw new Error('no item has a store');
  return store.id;
};

beforeEach(() => fixture.restart({ ADMIN_TOKEN: 'the admin token' }));

describe('what sections refer to', () => {
  it('costs no command where memory holds it', async () => {
    const before = await page();
    await forbid(tagsOf(registry));
    const after = await page();
    expect(statuses(after)).toEqual(registry.map(() => 'FRESH'));
    expect(reads()).toEqual([]);
    expect(Object.values(after.data.sections).map((section) => section?.items)).toEqual(
      Object.values(before.data.sections).map((section) => section?.items),
    );
  });

  it('is read alone when it was invalidated', async () => {
    const id = shownStore(await page());
    await forbid([`store:${id}`]);
    await page();
    expect(reads()).toEqual([{ collection: 'stores', documents: 1 }]);
  });

  it('is read for who asks for fresh data', async () => {
    await page();
    await fixture.clock.advance(2000);
    fixture.app.commands.length = 0;
    await page('?fresh=true');
    expect(reads().map(({ collection }) => collection)).toEqual(expect.arrayContaining(['stores', 'categories']));
  });

  it('is read again when memory has held it for a tenth of the time that its section is fresh, or a minute', async () => {
    await page();
    await fixture.clock.advance(60_000);
    await forbid(tagsOf(registry));
    await page();
    expect(
      reads()
        .map(({ collection }) => collection)
        .sort(),
    ).toEqual(['categories', 'stores']);
  });
});
