import type { Sample } from '../load/plan.js';
import { atLeast, type Drill, exactly } from '../support/drill.js';
import { failPoint, place, playing, wait } from '../support/drill-processes.js';

/** A location with a copy; each round also asks for a location without one. */
const KNOWN = '55.27,25.2';

/** `events` fails in every other round: half of the loads, and never so many in a row that a breaker opens. */
export const sectionFailing: Drill = {
  name: 'section-failing',
  summary: 'half the loads of one section fail: every page is served, the other sections are never null',
  run: (scale, processes) =>
    playing(processes, async ({ load, lone, database }) => {
      const rounds = scale === 'full' ? 600 : 60;
      const shop = await database();
      const { origin } = await lone({ CACHE_TTL: '1' });
      const data = {
        failCommands: ['find', 'aggregate'],
        errorCode: 96,
        namespace: `${shop.db.databaseName}.events`,
      };
      const ask = (locations: readonly string[]) =>
        load.run({
          asks: locations.map((location) => ({ origin, path: `/api/v1/homepage?location=${location}` })),
          pace: { connections: locations.length, count: locations.length },
        });
      await ask([KNOWN]);
      // The copy passes into its grace: from here on each request loads, and the copy serves when the load fails.
      await wait(1100);
      const cold: Sample[] = [];
      const known: Sample[] = [];
      try {
        for (let round = 0; round < rounds; round += 1) {
          await failPoint(shop, round % 2 === 0 ? 'alwaysOn' : 'off', data);
          for (const sample of await ask([KNOWN, place(round)])) (sample.index === 0 ? known : cold).push(sample);
        }
      } finally {
        await failPoint(shop, 'off');
      }
      const samples = [...cold, ...known];
      const failed = cold.filter(isMissing);
      const stale = known.filter(({ page }) => page?.statuses['events'] === 'STALE');
      return [
        exactly(`answers of ${samples.length} that are no 200`, samples.filter((s) => s.status !== 200).length, 0),
        exactly('answers without another section', samples.filter(lacksOthers).length, 0),
        exactly('answers whose errors are not the one of the failed section', samples.filter(isWrong).length, 0),
        exactly(`cold answers of ${rounds} without events`, failed.length, rounds / 2),
        exactly('answers without events where there is a copy', known.filter(isMissing).length, 0),
        atLeast('copies that stood in', stale.length, 1),
      ];
    }),
};

const isMissing = ({ page }: Sample) => page?.missing.includes('events') ?? true;
const lacksOthers = ({ page }: Sample) => page?.missing.some((key) => key !== 'events') ?? true;

function isWrong(sample: Sample): boolean {
  const errors = sample.page?.errors ?? [];
  const own = errors.length === 1 && errors[0]?.section === 'events';
  return isMissing(sample) ? !own : errors.length > 0;
}
