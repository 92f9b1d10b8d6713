import { ObjectId } from 'mongodb';
import { afterEach, expect, it } from 'vitest';
import {
  type Answer,
  createProcessFixture,
  type Gateway,
  idsOf,
  marksOf,
  shownAfter,
} from '../support/servers/process-fixture.js';
import { until } from '../support/until.js';

const fixture = createProcessFixture();
afterEach(fixture.close);

it('serves copies while MongoDB is gone, says 503 where it has none, and recovers by itself, changes included', async () => {
  const { gateways, database } = await fixture.cluster();
  const [first] = gateways as [Gateway];
  const statuses = async () =>
    (await Promise.all(gateways.map((gateway) => gateway.page()))).map((answer) => ({
      status: answer.status,
      errors: answer.errors,
      sections: [...new Set(Object.values(answer.statuses))],
    }));
  const everywhere = (sections: string[]) => gateways.map(() => ({ status: 200, errors: [], sections }));
  await shownAfter(gateways, '', ({ fromCache }) => fromCache, 0);
  const old = await first.page();

  database.process.child.kill('SIGKILL');
  await database.process.ended;
  expect(await statuses()).toEqual(everywhere(['CACHED']));
  await until(async () =>
    (await Promise.all(gateways.map((gateway) => gateway.readyz()))).every((code) => code === 503),
  );
  expect(await statuses()).toEqual(everywhere(['CACHED']));
  await first.invalidate('soft');
  await expect.poll(statuses, { timeout: 5000 }).toEqual(everywhere(['STALE']));
  expect(await statuses()).toEqual(everywhere(['STALE']));
  // A location that nobody has asked for yet is cold for two sections, and for them alone.
  const partial = await first.page('?location=5.0,52.0');
  expect([partial.status, partial.statuses['events'], partial.statuses['offers']]).toEqual([200, 'FAILED', 'STALE']);
  const cold = await first.page('?location=6.0,51.0&sections=events,trendingStores');
  expect([cold.status, cold.headers.get('retry-after')]).toEqual([503, '5']);
  expect(cold.wallMs).toBeLessThan(1000);

  // Another history, and other documents: nobody can tell the gateways what happened in between.
  const marks = marksOf(gateways);
  const startedAt = performance.now();
  const revived = await fixture.database({ port: database.port, seed: 2 });
  const isNew = (answer: Answer) =>
    Object.values(answer.statuses).every((status) => status === 'CACHED') &&
    idsOf(answer, 'newArrivals').join() !== idsOf(old, 'newArrivals').join();
  const recovered = await shownAfter(gateways, '', isNew, startedAt, 20_000);
  expect(await Promise.all(gateways.map((gateway) => gateway.readyz()))).toEqual([200, 200, 200]);
  const isFollowing = (gateway: Gateway, index: number) => gateway.logged('following changes', marks[index]).length > 0;
  await until(() => gateways.every(isFollowing), 20_000);
  const following = Math.round(performance.now() - startedAt);
  await shownAfter(gateways, '', isNew, 0);

  const [id = ''] = idsOf(await first.page(), 'offers');
  const writtenAt = performance.now();
  await revived.db.collection('offers').updateOne({ _id: new ObjectId(id) }, { $set: { title: 'After the outage' } });
  const isShown = (answer: Answer) => answer.sections['offers']?.items[0]?.['title'] === 'After the outage';
  const delays = await shownAfter(gateways, '?sections=offers', isShown, writtenAt);
  expect(Math.max(...delays)).toBeLessThan(1500);
  console.log(
    `database back: page renewed after ${recovered.join(', ')} ms, changes followed by all after ${following} ms`,
  );
}, 60_000);
