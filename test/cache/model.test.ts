import { expect, it } from 'vitest';
import { checkModel } from './model/check.js';

// Three processes, one store, one source; see model/world.ts. Always the same schedules, so that a change is what makes it red;
// `npm run test:model` plays others. A failure prints the command that replays it.
it('keeps every promise in 10,000 random schedules', { timeout: 180_000 }, async () => {
  const { failed, report } = await checkModel({ runs: 10_000, seed: 20_261_126 });
  if (failed) console.log(report);
  expect(failed).toBe(false);
});
