import { ObjectId } from 'mongodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sectionIds } from '../support/data/sections.js';
import {
  type Answer,
  type Cluster,
  createProcessFixture,
  idsOf,
  loadsOf,
  marksOf,
  shownAfter,
} from '../support/servers/process-fixture.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

const LOAD_MS = 2000;
/** A write is heard of within half a second; a section that was read less than a second before is renewed when that is over. */
const SHOWN_MS = 1500;
let cluster: Cluster;
beforeAll(async () => {
  cluster = await fixture.cluster();
  await warm();
});

/** Every gateway holds the whole page, and none of it is about to be renewed. */
async function warm(): Promise<void> {
  const isCached = ({ statuses }: Answer) => Object.values(statuses).every((status) => status === 'CACHED');
  await shownAfter(cluster.gateways, '?limit=20', isCached, 0);
}

/** Every gateway follows the changes by itself and tells the others: until all of that was heard, a page may become stale again. */
async function settled(marks: readonly number[]): Promise<void> {
  const { gateways } = cluster;
  await until(() => {
    const heard = gateways.map((gateway, index) => {
      const lines = gateway.logged('cache invalidation', marks[index]);
      const own = lines.filter(({ origin }) => origin === 'local');
      return {
        isDone: own.some(({ mode }) => mode === 'soft'),
        own: own.reduce((sum, { tags }) => sum + Number(tags), 0),
        remote: lines.filter(({ origin }) => origin === 'remote').reduce((sum, { tags }) => sum + Number(tags), 0),
      };
    });
    const all = heard.reduce((sum, { own }) => sum + own, 0);
    return heard.every(({ isDone, own, remote }) => isDone && remote >= all - own);
  });
}

async function showsWithin(
  name: string,
  query: string,
  write: () => Promise<unknown>,
  isShown: (a: Answer) => boolean,
) {
  await warm();
  const { gateways } = cluster;
  const marks = marksOf(gateways);
  const since = performance.now();
  await write();
  const delays = await shownAfter(gateways, query, isShown, since);
  await settled(marks);
  await warm();
  console.log(`${name}: shown after ${delays.join(', ')} ms; loads: ${loadsOf(gateways, marks).sort().join(', ')}`);
  expect(Math.max(...delays)).toBeLessThan(SHOWN_MS);
}

const first = async (section: string) => {
  const [id = ''] = idsOf((await cluster.gateways[0]?.page()) as Answer, section);
  return { id, _id: new ObjectId(id) };
};
/** Of the stores that a section's items refer to. */
const storeTags = async (section: string): Promise<string[]> => {
  const page = await cluster.gateways[0]?.page('?limit=20');
  return (page?.sections[section]?.items ?? []).flatMap(({ store }) => (isStore(store) ? [`store:${store.id}`] : []));
};
const isStore = (store: unknown): store is { id: string } => typeof store === 'object' && store !== null;
const itemOf = (answer: Answer, section: string, id: string) =>
  answer.sections[section]?.items.find((item) => item.id === id);

it('shows a new price of a product on all gateways within 1.5 s', async () => {
  const { id, _id } = await first('newArrivals');
  await showsWithin(
    'price',
    '?sections=newArrivals',
    () => cluster.database.db.collection('products').updateOne({ _id }, { $set: { price: 12_345.5 } }),
    (answer) => itemOf(answer, 'newArrivals', id)?.['price'] === 12_345.5,
  );
});

it('shows a new title of an offer on all gateways within 1.5 s', async () => {
  const { id, _id } = await first('offers');
  await showsWithin(
    'title',
    '?sections=offers',
    () => cluster.database.db.collection('offers').updateOne({ _id }, { $set: { title: 'A new title' } }),
    (answer) => itemOf(answer, 'offers', id)?.['title'] === 'A new title',
  );
});

it('shows a new featured offer, and takes it down when it is switched off or deleted, within 1.5 s', async () => {
  const offers = cluster.database.db.collection('offers');
  const model = await offers.findOne({ featured: true, isActive: true, validity: { $gt: new Date() } });
  for (const end of ['isActive', 'delete']) {
    const _id = new ObjectId();
    const id = _id.toHexString();
    const document = { ...model, _id, title: 'Brand new', createdAt: new Date() };
    await showsWithin(
      'insert',
      '?sections=offers',
      () => offers.insertOne(document),
      (answer) => idsOf(answer, 'offers')[0] === id,
    );
    await showsWithin(
      end,
      '?sections=offers',
      () => (end === 'delete' ? offers.deleteOne({ _id }) : offers.updateOne({ _id }, { $set: { isActive: false } })),
      (answer) => !idsOf(answer, 'offers').includes(id) && idsOf(answer, 'offers').length === 10,
    );
  }
});

it('leaves the page alone when views are counted', async () => {
  await warm();
  const { gateways, database } = cluster;
  const before = await Promise.all(gateways.map((gateway) => gateway.page('?limit=20')));
  const marks = marksOf(gateways);
  for (const collection of ['products', 'stores', 'events', 'offers']) {
    await database.db.collection(collection).updateMany({}, { $inc: { views: 1 } });
  }
  // When a later write is shown, the earlier ones have been heard of.
  const { id, _id } = await first('events');
  await database.db.collection('events').updateOne({ _id }, { $set: { title: 'The last word' } });
  const isShown = (answer: Answer) => itemOf(answer, 'events', id)?.['title'] === 'The last word';
  await shownAfter(gateways, '?sections=events', isShown, 0);
  await settled(marks);
  await warm();
  await expect.poll(() => new Set(loadsOf(gateways, marks))).toEqual(new Set(['events']));
  const local = gateways.flatMap((gateway, index) =>
    gateway.logged('cache invalidation', marks[index]).filter(({ origin }) => origin === 'local'),
  );
  // Each gateway hears of the one write that counts: its section and the event.
  expect(local.map(({ tags }) => tags)).toEqual([2, 2, 2]);
  for (const [index, gateway] of gateways.entries()) {
    const { sections, statuses } = await gateway.page('?limit=20');
    expect(Object.values(statuses)).toEqual(sectionIds.map(() => 'CACHED'));
    expect({ ...sections, events: null }).toEqual({ ...before[index]?.sections, events: null });
  }
});

it.each([
  ['soft', 'title', 'Written in mid-load'],
  ['hard', 'discountedPrice', 4321.5],
] as const)('never passes for fresh what a slow load read before a write (%s)', async (mode, field, value) => {
  await warm();
  const { gateways, database } = cluster;
  const { id, _id } = await first('offers');
  // The offers are read at once, with the old value; what they refer to, which memory holds no more, is held up, and the load with it.
  await database.slow(['find'], LOAD_MS, 'stores');
  await gateways[0]?.invalidate('hard', ['section:offers', ...(await storeTags('offers'))]);
  const early = gateways.map((gateway) => gateway.page('?sections=offers'));
  await until(async () => (await database.hits()) > 0);
  const marks = marksOf(gateways);
  const writtenAt = performance.now();
  await database.db.collection('offers').updateOne({ _id }, { $set: { [field]: value } });
  // Only the load that has begun is slow.
  await database.heal();

  const answers: Answer[] = [];
  const isNew = (answer: Answer) => itemOf(answer, 'offers', id)?.[field] === value;
  // Until it is served from the caches of all three: then the slow load has come to its end, too.
  const delays = await shownAfter(
    gateways,
    '?sections=offers',
    (answer) => {
      answers.push(answer);
      return isNew(answer) && answer.statuses['offers'] === 'CACHED';
    },
    writtenAt,
    4 * LOAD_MS,
  );
  const late = answers.filter(({ askedAt }) => askedAt > writtenAt + SHOWN_MS);
  const asFresh = late.filter(({ statuses }) => statuses['offers'] !== 'STALE');
  expect(asFresh.length).toBeGreaterThan(0);
  expect(asFresh.every(isNew)).toBe(true);
  // A price must not be shown once more at all.
  if (mode === 'hard') expect(late.every(isNew)).toBe(true);
  expect((await Promise.all(early)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  console.log(
    `${mode} write during a load of ${LOAD_MS} ms: shown as fresh after ${delays.join(', ')} ms, ` +
      `${loadsOf(gateways, marks).length} loads, ${late.length - asFresh.length} of ${late.length} answers stale`,
  );
});
