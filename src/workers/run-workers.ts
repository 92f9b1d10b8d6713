import cluster, { type Worker } from 'node:cluster';
import { AggregatorRegistry } from 'prom-client';
import type { Clock } from '../core/clock.js';
import type { Logger } from '../core/logger.js';
import { fromWorker, type ToWorker } from './messages.js';
import { createRestartWaits } from './restart-waits.js';

/** The metrics of all workers, in Prometheus' text format. */
export interface WorkersMetrics {
  readonly contentType: string;
  text(): Promise<string>;
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
  clock: Clock;
  logger: Logger;
  /** Is given the line that says where they serve, once. */
  announce: (line: string) => void;
  end: (code: number) => void;
}): { metrics: WorkersMetrics } {
  const { program, count, clock, logger, announce, end } = options;
  cluster.setupPrimary({ exec: program, args: [] });
  const registry = new AggregatorRegistry();
  const waits = createRestartWaits();
  const startedAt = new Map<Worker, number>();
  const serving = new Set<Worker>();
  let ending: 'SIGTERM' | 'SIGINT' | undefined;
  let isAnnounced = false;
  let failed = false;

  const tell = (worker: Worker, message: ToWorker) => void worker.send(message);
  const start = () => {
    if (ending === undefined) startedAt.set(cluster.fork(), clock.monotonic());
  };

  const nowServes = (worker: Worker, line: string) => {
    serving.add(worker);
    logger.info({ worker: worker.id, pid: worker.process.pid }, 'worker serves');
    if (isAnnounced) return;
    isAnnounced = true;
    announce(line);
    for (let other = 1; other < count; other++) start();
  };

  cluster.on('message', (worker, message: unknown) => {
    const { data } = fromWorker.safeParse(message);
    if (data?.kind === 'serving') nowServes(worker, data.line);
    if (data?.kind === 'metrics asked') {
      registry.clusterMetrics().then(
        (text) => tell(worker, { kind: 'metrics', id: data.id, text }),
        () => tell(worker, { kind: 'metrics', id: data.id }),
      );
    }
  });
  cluster.on('exit', (worker, code, signal) => {
    const livedMs = clock.monotonic() - (startedAt.get(worker) ?? clock.monotonic());
    startedAt.delete(worker);
    serving.delete(worker);
    if (ending !== undefined) {
      failed ||= code !== 0;
      if (startedAt.size === 0) end(failed ? 1 : 0);
      return;
    }
    if (!isAnnounced) return end(code || 1);
    const waitMs = waits.ended(livedMs);
    logger.warn({ worker: worker.id, pid: worker.process.pid, code, signal, waitMs }, 'worker ended, and is replaced');
    // Not by the clock, whose timers keep no process alive: this may be all that there is to wait for.
    setTimeout(start, waitMs);
  });

  const onSignal = (signal: 'SIGTERM' | 'SIGINT') => {
    ending ??= signal;
    if (startedAt.size === 0) end(0);
    for (const worker of startedAt.keys()) {
      // One that does not serve yet hears no messages, and ends at once.
      if (serving.has(worker)) tell(worker, { kind: 'end', signal });
      else worker.process.kill('SIGTERM');
    }
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('SIGUSR2', () => {
    for (const worker of serving) worker.process.kill('SIGUSR2');
  });
  start();
  return { metrics: { contentType: registry.contentType, text: () => registry.clusterMetrics() } };
}
