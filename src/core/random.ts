/** A source of numbers in [0, 1). Seeded in tests. */
export type Random = () => number;

/** About 100 bits of `random` as text: names a process, a lease, an entry. */
export function randomToken(random: Random): string {
  const part = () =>
    Math.floor(random() * 2 ** 50)
      .toString(36)
      .padStart(10, '0');
  return part() + part();
}

/** `value` less up to `share` of it, so that what was stored together does not expire together. */
export function jittered(value: number, share: number, random: Random): number {
  return Math.round(value * (1 - share * random()));
}
