import { readdirSync, readFileSync } from 'node:fs';
import { freePort } from '../../test/support/servers/redis-server.js';
import { startProcess } from '../../test/support/servers/running-process.js';

/** A server under measurement: a process of its own, pinned to one core where asked. */
export interface ServerProcess {
  readonly origin: string;
  readonly pid: number;
  /** CPU time that all its threads have had so far, in microseconds, by the kernel's scheduler. */
  cpuMicros(): number;
  /** Kills it at once: a drain would keep the core from the next server. */
  stop(): Promise<void>;
}

/** Ended with this process, however it ends. */
const running = new Set<() => void>();
process.once('exit', () => {
  for (const kill of running) kill();
});

const START_LIMIT_MS = 60_000;
const POLL_MS = 100;

/** Runs a command with `PORT` set to a free port. Rejects when it ends, or does not answer `readyPath`, within a minute. */
export async function startServer(options: {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  readyPath: string;
  core?: number;
  /** Where its standard output goes. A file, because a pipe's reader would work on another core for every log line. */
  logFile?: string;
}): Promise<ServerProcess> {
  const { command, env, readyPath, core, logFile = '/dev/null' } = options;
  const port = await freePort();
  const pinned = core === undefined ? [] : ['taskset', '-c', String(core)];
  // Each program of the chain replaces the one before it, so that the process id is the server's.
  const started = startProcess('sh', ['-c', 'exec "$@" > "$LOG_FILE"', 'sh', ...pinned, ...command], {
    ...{ ...env, LOG_FILE: logFile, PORT: String(port) },
  });
  const { pid } = started.child;
  if (pid === undefined) throw new Error(`Cannot start ${command.join(' ')}`);
  const kill = () => void started.child.kill('SIGKILL');
  running.add(kill);
  let ended = false;
  void started.ended.then(() => {
    ended = true;
    running.delete(kill);
  });
  const origin = `http://127.0.0.1:${port}`;
  const stop = async () => {
    kill();
    await started.ended;
  };
  for (let waited = 0; !(await answers(`${origin}${readyPath}`)); waited += POLL_MS) {
    if (ended) throw new Error(`${command.join(' ')} ended:\n${started.output()}`);
    if (waited > START_LIMIT_MS) {
      await stop();
      throw new Error(`${command.join(' ')} does not answer:\n${started.output()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { origin, pid, cpuMicros: () => cpuMicrosOf(pid), stop };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status < 500;
  } catch {
    return false;
  }
}

function cpuMicrosOf(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ');
    return sum + Number(nanoseconds) / 1000;
  }, 0);
}
