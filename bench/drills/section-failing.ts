import { atLeast, atMost, type Drill, exactly } from './drill.js';
import { failPoint, place, playing } from './scene.js';

/** Milliseconds for which the source fails, and then does not. */
const TURN_MS = 50;

/** Events fail every other moment; places that nobody has asked for make each answer need a load of them. */
export const sectionFailing: Drill = {
  name: 'section-failing',
  summary: 'half the loads of one section fail: every page is served, the other sections are never null',
  run: (scale) =>
    playing(async ({ stage, load, lone }) => {
      const forMs = scale === 'full' ? 20_000 : 3000;
      const database = await stage.database();
      const { origin } = await lone({ MONGODB_URI: database.uri, LOG_LEVEL: 'error' });
      const data = {
        failCommands: ['find', 'aggregate'],
        errorCode: 96,
        namespace: `${database.db.databaseName}.events`,
      };
      let isFailing = false;
      let turn = Promise.resolve(0);
      const turns = setInterval(() => {
        isFailing = !isFailing;
        const mode = isFailing ? 'alwaysOn' : 'off';
        turn = turn.then(() => failPoint(database, mode, data));
      }, TURN_MS);
      const asks = Array.from({ length: 5000 }, (_, index) => ({
        origin,
        path: `/api/v1/homepage?location=${place(index)}`,
      }));
      const samples = await load.run({ asks, pace: { perSecond: 40, forMs } }).finally(() => clearInterval(turns));
      await turn;
      const failed = samples.filter(({ page }) => page?.missing.includes('events'));
      const others = samples.filter(({ page }) => page?.missing.some((key) => key !== 'events') ?? true);
      const wrong = samples.filter(({ page }) => {
        const errors = page?.errors ?? [];
        const own = errors.length === 1 && errors[0]?.section === 'events';
        return page?.missing.includes('events') ? !own : errors.length > 0;
      });
      return [
        exactly(`answers of ${samples.length} that are no 200`, samples.filter((s) => s.status !== 200).length, 0),
        exactly('answers without another section', others.length, 0),
        exactly('answers whose errors are not the one of the failed section', wrong.length, 0),
        atLeast('share of answers without events', failed.length / samples.length, 0.1),
        atMost('share of answers without events', failed.length / samples.length, 0.95),
      ];
    }),
};
