import { readFile } from 'node:fs/promises';

const MIB = 1024 ** 2;
const POINTS = 12;

/** Resident memory of a process, in MiB. */
export async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return (Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024) / MIB;
}

/** Mean of a tenth of the curve, starting at `share` of its length. */
export function averageFrom(curve: readonly number[], share: number): number {
  const from = Math.floor(curve.length * share);
  const part = curve.slice(from, from + Math.max(1, Math.floor(curve.length / 10)));
  return part.reduce((sum, mib) => sum + mib, 0) / part.length;
}

/** Twelve points of the curve, for people. */
export const pointsOf = (curve: readonly number[]): string =>
  Array.from({ length: Math.min(POINTS, curve.length) }, (_, index) =>
    (curve[Math.floor((index * curve.length) / POINTS)] ?? 0).toFixed(0),
  ).join(' ');
