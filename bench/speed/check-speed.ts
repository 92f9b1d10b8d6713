import type { SpeedResults, SpeedRow } from '../report/results.js';

/** What a ratio may lose before it counts as a fall. */
const TOLERATED = 0.1;

/** Paths of the gateway whose CPU ratio fell by more than a tenth since `committed`, a sentence each. */
export function fallsSince(committed: SpeedResults, now: SpeedResults): string[] {
  return committed.rows
    .filter(({ server }) => server === 'gateway')
    .flatMap((before) => {
      const after = now.rows.find((row) => nameOf(row) === nameOf(before));
      if (after === undefined) return [`${nameOf(before)}: not measured any more`];
      const share = after.cpu.median / before.cpu.median;
      if (share >= 1 - TOLERATED) return [];
      const fell = `from ${before.cpu.median.toFixed(3)} to ${after.cpu.median.toFixed(3)}`;
      return [
        `${nameOf(before)}: its share of raw's speed, by CPU time, fell by ${Math.round((1 - share) * 100)} %, ${fell}`,
      ];
    });
}

const nameOf = ({ path, logged }: SpeedRow) => `${path}${logged ? ', logged' : ''}`;
