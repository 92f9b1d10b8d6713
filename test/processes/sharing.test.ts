import { afterAll, beforeAll, expect, it } from 'vitest';
import { expectedFor as expectedIn } from '../../drills/support/expected.js';
import { sectionsShowing } from '../support/data/sections.js';
import {
  type Answer,
  type Cluster,
  createProcessFixture,
  type Gateway,
  idsOf,
  shownAfter,
  tokenOf,
} from '../support/servers/process-fixture.js';

const fixture = createProcessFixture();
afterAll(fixture.close);

let cluster: Cluster;
beforeAll(async () => {
  cluster = await fixture.cluster();
});

const expectedFor = (userId: unknown) => expectedIn(cluster.database, userId);

// First in this file: nothing has been counted yet.
it('sums the views of all gateways', async () => {
  const { gateways } = cluster;
  const views = async (gateway: Gateway) =>
    (await gateway.page('?sections=flashSales&includeAnalytics=true')).analytics.sectionViews ?? {};
  const asked = [1, 2, 3];
  await Promise.all(
    gateways.flatMap((gateway, index) =>
      Array.from({ length: asked[index] ?? 0 }, () => gateway.page('?sections=events')),
    ),
  );
  const sums = async () => (await Promise.all(gateways.map(views))).map(({ events = 0 }) => events);
  await expect.poll(sums, { timeout: 8000, interval: 100 }).toEqual([6, 6, 6]);
});

it("never serves one user's section to another, or to nobody", async () => {
  const { gateways, database } = cluster;
  const owners = await database.db.collection('recommendations').find().limit(2).toArray();
  const readers = await Promise.all(
    [...owners.map(({ userId }) => userId), undefined].map(async (userId) => ({
      userId: userId === undefined ? undefined : String(userId),
      token: userId === undefined ? undefined : await tokenOf(String(userId)),
      expected: await expectedFor(userId),
    })),
  );
  expect(new Set(readers.map(({ expected }) => expected.join())).size).toBe(3);
  // The same traffic each time, whoever comes first to which gateway; now and then everything has to be loaded anew.
  let seed = 1;
  const draw = (count: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % count;
  };
  let served = 0;
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(
      Array.from({ length: 30 }, async () => {
        const reader = readers[draw(3)] as (typeof readers)[number];
        const answer = await (gateways[draw(3)] as Gateway).page('?sections=justForYou', reader.token);
        expect(answer.status).toBe(200);
        expect(idsOf(answer, 'justForYou')).toEqual(reader.expected);
        const isPublic = answer.headers.get('cache-control')?.startsWith('public') === true;
        expect(isPublic).toBe(reader.userId === undefined);
        served += 1;
      }),
    );
    const mode = draw(2) === 0 ? 'hard' : 'soft';
    const user = readers[draw(2)]?.userId;
    await (gateways[draw(3)] as Gateway).invalidate(mode, [draw(2) === 0 ? 'section:justForYou' : `user:${user}`]);
  }
  expect(served).toBe(300);
});

it.each(['soft', 'hard'] as const)(
  'a %s invalidation by the admin of one gateway holds in the others',
  async (mode) => {
    const { gateways } = cluster;
    const [first] = gateways as [Gateway];
    const isCached = ({ statuses }: Answer) => Object.values(statuses).every((status) => status === 'CACHED');
    await shownAfter(gateways, '', isCached, 0);
    const before = (await first.page()).sections['events']?.lastUpdated ?? '';
    await cluster.database.slow(['find'], 0, 'offers');
    const since = performance.now();
    await first.invalidate(mode);
    const delays = await shownAfter(
      gateways,
      '',
      (answer) => isCached(answer) && String(answer.sections['events']?.lastUpdated) > before,
      since,
    );
    // One for each section of offers unless Redis was slow on a busy machine; never more than one for each gateway.
    const loads = await cluster.database.heal();
    expect(loads).toBeLessThanOrEqual(sectionsShowing('offers').length * gateways.length);
    console.log(`${mode} invalidation by the admin: renewed everywhere after ${delays.join(', ')} ms`);
  },
);
