import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** A median with the least and the greatest value that it was taken of. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** What one server reached on one path. Ratios are to raw node:http that answers the same bytes: 1 is as fast. */
export interface SpeedRow {
  /** `gateway`, or a peer's name. */
  readonly server: string;
  readonly path: string;
  /** With a log line for each request. */
  readonly logged: boolean;
  /** Requests per second, by those of raw. */
  readonly throughput: Spread | undefined;
  /** CPU time of raw for a request, by the server's: steadier than throughput on a machine that does other work. */
  readonly cpu: Spread;
  readonly perSecond: number | undefined;
  readonly cpuMicros: number;
  readonly p99Ms: number | undefined;
  readonly rawP99Ms: number | undefined;
  readonly requests: number;
  readonly failed: number;
}

export interface SpeedResults {
  readonly origin: Origin;
  /** How it was measured, in a sentence. */
  readonly method: string;
  readonly rows: readonly SpeedRow[];
  /** Paths that this version of the gateway could not be asked on, and why. */
  readonly notes: readonly string[];
}

/** What one server did in one failure. */
export interface ScenarioRow {
  readonly scenario: string;
  readonly server: string;
  readonly loads: number | undefined;
  readonly failedAnswers: number | undefined;
  readonly staleAsFresh: number | undefined;
  readonly leaks: number | undefined;
  readonly slowestMs: number | undefined;
  readonly remark: string;
}

export interface ScenarioResults {
  readonly origin: Origin;
  /** What each server was set up with. */
  readonly settings: readonly (readonly [server: string, settings: string])[];
  readonly summaries: readonly (readonly [scenario: string, summary: string])[];
  readonly rows: readonly ScenarioRow[];
}

/** Where figures come from. */
export interface Origin {
  readonly machine: string;
  readonly node: string;
  readonly commit: string;
  readonly command: string;
  readonly at: string;
}

export interface Results {
  readonly speed?: SpeedResults;
  readonly scenarios?: ScenarioResults;
}

const file = new URL('../results.json', import.meta.url);

/** The committed figures. */
export function readResults(): Results {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Results;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
}

export const writeResults = (results: Results): void => writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);

export function originOf(command: string): Origin {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'package.json', 'bench/peers/package.json') !== '';
  const [cpu] = cpus();
  return {
    machine: `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${process.platform} ${process.arch}`,
    node: process.version,
    commit: `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with changes that are not committed' : ''}`,
    command,
    at: new Date().toISOString(),
  };
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: medianOf(sorted), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

export function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}
