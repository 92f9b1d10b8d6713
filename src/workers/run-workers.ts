import cluster, { type Worker } from 'node:cluster';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { type Channel, createChannel, lineOf } from './channel.js';
import { toPrimary, toWorker } from './messages.js';
import { createRestartWaits } from './restart-waits.js';
import { createWorkersMetrics, type Measured, type WorkersMetrics } from './workers-metrics.js';

/** After the time that a worker may take to end, and after a second signal: what has not ended by then is killed. */
const KILL_MS = 3000;

interface Running extends Measured {
  worker: Worker;
  channel: Channel<typeof toWorker, typeof toPrimary>;
  startedAt: number;
  serves: boolean;
}

/**
 * Keeps `count` gateways on one port, each a process of its own. The first starts alone, so that what keeps it from serving is
 * said once, and ends this process with its exit code. One that ends later is replaced. SIGTERM and Ctrl-C end all of them as they
 * would end one; this process ends with them: with 0, or with 1 when one of them did not end well.
 */
export function runWorkers(options: {
  /** The program of a worker. */
  program: string;
  count: number;
  /** Milliseconds that the end of a worker takes at the most. */
  endsWithinMs: number;
  clock: Clock;
  logger: Logger;
  /** Is given the line that says where they serve, once. */
  announce: (line: string) => void;
  end: (code: number) => void;
}): { metrics: WorkersMetrics } {
  const { program, count, endsWithinMs, clock, logger, announce, end } = options;
  // JSON has no NaN, which some metrics are before anything was measured.
  cluster.setupPrimary({ exec: program, args: [], serialization: 'advanced' });
  const waits = createRestartWaits();
  const all = new Set<Running>();
  const metrics = createWorkersMetrics({ workers: () => [...all].filter(({ serves }) => serves) });
  let ending: 'SIGTERM' | 'SIGINT' | undefined;
  let isAnnounced = false;
  let failed = false;

  const start = () => {
    if (ending !== undefined) return;
    const worker = cluster.fork();
    const channel = createChannel({ line: lineOf(worker), theirs: toWorker, ours: toPrimary, clock });
    const readings = () => channel.ask('readings', null);
    const running: Running = { worker, channel, readings, startedAt: clock.monotonic(), serves: false };
    all.add(running);
    channel.answer('serving', (line) => {
      nowServes(running, line);
      return null;
    });
    channel.answer('metrics', metrics.text);
    worker.on('exit', (code, signal) => ended(running, code, signal));
  };

  const nowServes = (running: Running, line: string) => {
    running.serves = true;
    logger.info({ worker: running.worker.id, pid: running.worker.process.pid }, 'worker serves');
    if (isAnnounced) return;
    isAnnounced = true;
    announce(line);
    for (let other = 1; other < count; other++) start();
  };

  const ended = (running: Running, code: number | null, signal: string) => {
    const { worker, startedAt, serves } = running;
    metrics.ended(running);
    all.delete(running);
    if (ending !== undefined) {
      // One that did not listen to signals yet is ended by them.
      failed ||= code !== 0 && (serves || code !== null);
      if (all.size === 0) end(failed ? 1 : 0);
      return;
    }
    if (!isAnnounced) return end(code || 1);
    const waitMs = waits.ended(clock.monotonic() - startedAt);
    logger.warn({ worker: worker.id, pid: worker.process.pid, code, signal, waitMs }, 'worker ended, and is replaced');
    // Not by the clock, whose timers keep no process alive: this may be all that there is to wait for.
    setTimeout(start, waitMs);
  };

  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    const isFirst = ending === undefined;
    ending ??= signal;
    if (all.size === 0) end(0);
    for (const { worker, channel, serves } of all) {
      // One that does not serve yet hears no messages, and ends at once.
      if (serves) void channel.ask('end', signal).catch(() => undefined);
      else worker.process.kill('SIGTERM');
    }
    clock.after((isFirst ? endsWithinMs : 0) + KILL_MS, () => {
      for (const { worker } of all) {
        logger.error({ worker: worker.id, pid: worker.process.pid }, 'worker does not end, and is killed');
        worker.process.kill('SIGKILL');
      }
    });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('SIGUSR2', () => {
    for (const { worker, serves } of all) if (serves) worker.process.kill('SIGUSR2');
  });
  start();
  return { metrics };
}
