import type { DemoRandom } from '../demo-random.js';

export const dayMs = 86_400_000;

/** An amount of money, rounded to two decimals. */
export const toCents = (amount: number) => Math.round(amount * 100) / 100;

/** A price within a range. Low prices are more frequent than high ones, and it ends in .90, .99, .95, .50 or .00. */
export function drawPrice(random: DemoRandom, min: number, max: number): number {
  const whole = Math.floor(min * (max / min) ** random.fraction());
  return toCents(whole + random.pick([0.9, 0.9, 0.99, 0.95, 0.5, 0]));
}

/** A rating with one decimal, 2.5 to 5, mostly about 4.2. */
export function drawRating(random: DemoRandom): number {
  const bell = (random.fraction() + random.fraction() + random.fraction()) / 3;
  return Math.min(5, Math.max(2.5, Math.round((2.8 + bell * 2.4) * 10) / 10));
}

/** Page views, at most `max`: few documents have very many, most have few. */
export const drawViews = (random: DemoRandom, max: number) => Math.floor(max ** (0.25 + 0.75 * random.fraction()));

/** A random time between `fromDays` and `toDays` after `day` (milliseconds since the epoch); negative days are before it. */
export function drawDate(random: DemoRandom, day: number, fromDays: number, toDays: number): Date {
  return new Date(day + Math.floor((fromDays + (toDays - fromDays) * random.fraction()) * dayMs));
}

/** Of every demo picture, in pixels. */
export const pictureSize = { imageWidth: 400, imageHeight: 400 } as const;
