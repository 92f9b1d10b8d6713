import { loadsOf, marksOf } from '../../../test/support/servers/process-fixture.js';
import { atLeast, atMost, type Drill } from '../../support/drill.js';
import { playing, sectionIds, until, wait } from '../../support/drill-processes.js';
import { noneFailed } from '../../support/times.js';

const CHANGES_PER_SECOND = 50;

/** Soft invalidations renew a section at most once a second over all processes, however many changes come. */
export const changeStorm: Drill = {
  name: 'change-storm',
  summary: '50 products change each second under load on three gateways: each section is renewed about once a second',
  run: (scale, processes) =>
    playing(processes, async ({ cluster, load }) => {
      const seconds = scale === 'full' ? 10 : 4;
      const { gateways, database } = await cluster();
      const asks = gateways.map(({ origin }) => ({ origin, path: '/api/v1/homepage' }));
      await load.run({ asks, pace: { connections: 3, count: 30 } });
      const products = database.db.collection('products');
      const ids = await products.find({}, { projection: { _id: 1 } }).toArray();
      const marks = marksOf(gateways);
      await database.slow(['aggregate', 'count'], 0);
      const traffic = load.start({ asks, pace: { perSecond: 60, forMs: seconds * 1000 + 5000 } });
      const startedAt = performance.now();
      let changes = 0;
      while (performance.now() - startedAt < seconds * 1000) {
        const { _id } = ids[changes % ids.length] as (typeof ids)[number];
        await products.updateOne({ _id }, { $inc: { recommendationScore: 0.001 } });
        changes += 1;
        await wait(Math.max(0, (changes * 1000) / CHANGES_PER_SECOND - (performance.now() - startedAt)));
      }
      const loads = loadsOf(gateways, marks);
      const renewals = Math.max(...sectionIds.map((id) => loads.filter((label) => label === id).length));
      const samples = await traffic.stop();
      const counts = await database.heal();
      const last = await products.findOneAndUpdate({ featured: true }, { $set: { name: 'The last word' } });
      const shows = async () => {
        const pages = await Promise.all(gateways.map((gateway) => gateway.page('?limit=20')));
        return pages.every(({ sections }) => !JSON.stringify(sections).includes(`"${last?.['name']}"`));
      };
      const changedAt = performance.now();
      await until(shows, 10_000).catch(() => undefined);
      return [
        atLeast('changes', changes, seconds * CHANGES_PER_SECOND * 0.8),
        atMost('renewals of a section over all gateways', renewals, seconds + 2),
        atMost('counts over all gateways', counts, gateways.length * sectionIds.length),
        noneFailed(samples),
        atMost('the last change shows everywhere after', performance.now() - changedAt, 4000, ' ms'),
      ];
    }),
};
