import { atMost, type Drill, exactly } from '../../support/drill.js';
import { playing, sectionsShowing } from '../../support/drill-processes.js';
import { noneFailed, slowest } from '../../support/times.js';

/** Every request of the crowd is cold and arrives before the first load ends. */
export const stampede: Drill = {
  name: 'stampede',
  summary: 'a crowd of cold requests at once over three gateways: one load for each section',
  run: (scale, processes) =>
    playing(processes, async ({ cluster, load }) => {
      const count = scale === 'full' ? 1000 : 100;
      const { gateways, database } = await cluster();
      const asks = gateways.map(({ origin }) => ({ origin, path: '/api/v1/homepage' }));
      // No entry of the caches may be served from here on.
      await gateways[0]?.invalidate('hard');
      // Nothing refers to offers, so that every find there is the load of a section.
      await database.slow(['find'], 0, 'offers');
      const samples = await load.run({ asks, pace: { connections: count, count } });
      return [
        exactly('loads of offers, counted by the database', await database.heal(), sectionsShowing('offers').length),
        noneFailed(samples),
        exactly('requests at once', samples.length, count),
        atMost('slowest answer', slowest(samples), 5000, ' ms'),
      ];
    }),
};
