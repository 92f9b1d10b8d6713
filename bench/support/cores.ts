import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** Which core servers are pinned to; everything else, load included, runs on another one. Undefined: nothing is pinned. */
export type ServerCore = number | undefined;

const SERVER_CORE = 0;
const LOAD_CORE = 1;

/**
 * Moves this process, and what it starts from now on, off the servers' core. Needs Linux; without `taskset` or a second
 * core nothing is pinned.
 */
export function separateCores(): ServerCore {
  if (process.platform !== 'linux') throw new Error('The benchmarks read CPU times from /proc: they need Linux');
  if (availableParallelism() < 2) return undefined;
  try {
    execFileSync('taskset', ['-acp', String(LOAD_CORE), String(process.pid)], { stdio: 'ignore' });
    return SERVER_CORE;
  } catch {
    return undefined;
  }
}
