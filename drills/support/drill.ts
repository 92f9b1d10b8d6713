import type { SharedProcesses } from './shared-processes.js';

/** One measurement of a drill, with its bound. */
export interface Finding {
  what: string;
  measured: string;
  /** The bound, in words. */
  bound: string;
  passed: boolean;
}

/** `full`: minutes of load. `short`: the same in seconds, for the test suite. */
export type Scale = 'full' | 'short';

/** A fault, or an attack, on real processes under load. */
export interface Drill {
  name: string;
  /** What is done and what must hold, in one line. */
  summary: string;
  /** With `processes`, on processes that other drills use as well; they are left as they were found. */
  run(scale: Scale, processes?: SharedProcesses): Promise<Finding[]>;
}

/** A finding about a number. */
export function atMost(what: string, value: number, limit: number, unit = ''): Finding {
  return { what, measured: `${round(value)}${unit}`, bound: `at most ${limit}${unit}`, passed: value <= limit };
}

export function atLeast(what: string, value: number, limit: number, unit = ''): Finding {
  return { what, measured: `${round(value)}${unit}`, bound: `at least ${limit}${unit}`, passed: value >= limit };
}

export function exactly(what: string, value: number, expected: number, unit = ''): Finding {
  return { what, measured: `${round(value)}${unit}`, bound: `${expected}${unit}`, passed: value === expected };
}

const round = (value: number) => Math.round(value * 100) / 100;
