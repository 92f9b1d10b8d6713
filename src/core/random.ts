/** A source of numbers in [0, 1): `Math.random`, or a seeded generator in tests. */
export type Random = () => number;

/** About 100 random bits as text, to name a process or a lease. */
export function randomToken(random: Random): string {
  const part = () =>
    Math.floor(random() * 2 ** 50)
      .toString(36)
      .padStart(10, '0');
  return part() + part();
}

/** `value`, shortened by a random part of up to `share` of it, so that entries stored together do not expire together. */
export function jittered(value: number, share: number, random: Random): number {
  return Math.round(value * (1 - share * random()));
}
