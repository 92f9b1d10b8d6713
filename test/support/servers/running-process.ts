import { type ChildProcess, spawn } from 'node:child_process';

/** A command that was started, and what it prints. */
export interface RunningProcess {
  child: ChildProcess;
  /** What it has printed so far, on both streams. */
  output(): string;
  /** Resolves with the first match of what it prints; rejects when it ends without. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
  /** Its exit code, or the signal that ended it. */
  ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a command in the project's folder with a bare environment. */
export function startProcess(command: string, args: string[], env: Record<string, string> = {}): RunningProcess {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const watchers = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
      for (const watch of watchers) watch();
    });
  }
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return {
    child,
    ended,
    output: () => output,
    printed: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match === null) return;
          // Else every further line of a process that prints much would be looked through from the first.
          watchers.delete(look);
          resolve(match);
        };
        watchers.add(look);
        look();
        ended.then((code) => reject(new Error(`ended with ${code} before it printed ${pattern}:\n${output}`)));
      }),
  };
}
