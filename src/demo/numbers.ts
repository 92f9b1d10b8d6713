import type { DemoRandom } from './random.js';

export const dayMs = 86_400_000;

/** Money: two decimals. */
export const toCents = (amount: number) => Math.round(amount * 100) / 100;

/** A shop price within a range: low prices are commoner than high ones, and it ends as prices do (.90, .99, .50, .00). */
export function drawPrice(random: DemoRandom, min: number, max: number): number {
  const whole = Math.floor(min * (max / min) ** random.fraction());
  return toCents(whole + random.pick([0.9, 0.9, 0.99, 0.95, 0.5, 0]));
}

/** A rating with one decimal, 2.5 to 5, mostly about 4.2. */
export function drawRating(random: DemoRandom): number {
  const bell = (random.fraction() + random.fraction() + random.fraction()) / 3;
  return Math.min(5, Math.max(2.5, Math.round((2.8 + bell * 2.4) * 10) / 10));
}

/** Page views: a few are seen very often and most hardly ever; at most `max`. */
export const drawViews = (random: DemoRandom, max: number) => Math.floor(max ** (0.25 + 0.75 * random.fraction()));

/** A time, to the millisecond, from `fromDays` to `toDays` after `day` (ms epoch); negative is before. */
export function drawDate(random: DemoRandom, day: number, fromDays: number, toDays: number): Date {
  return new Date(day + Math.floor((fromDays + (toDays - fromDays) * random.fraction()) * dayMs));
}
