import cluster from 'node:cluster';
import type { Registry } from 'prom-client';
import { systemClock as clock } from '../core/clock.js';
import { createChannel, lineOf } from './channel.js';
import { createEndSignals, type EndSignal } from './end-signals.js';
import { type Readings, toPrimary, toWorker } from './messages.js';

/** What a gateway does otherwise when it is one of several workers (`WORKERS`). */
export interface Worker {
  readonly number: number;
  /** Tells the primary process that it serves, and the line that says where. */
  serves(line: string): void;
  /** Its signals to end: those of the primary process, which hears a terminal's for all of them, and that process' own end. */
  hear(listener: (signal: EndSignal) => void): void;
  /** Lets the primary process read its metrics. @returns the metrics of all workers, in Prometheus' text format; rejects when they cannot be had */
  shareMetrics(own: Registry): { type: string; text: () => Promise<string> };
}

/** Longer than the primary process waits for the readings of the others. */
const METRICS_LIMIT_MS = 3000;
const START_TIME = 'process_start_time_seconds';

/** The worker that this process is; undefined when it is the only one. */
export function thisWorker(): Worker | undefined {
  const { worker } = cluster;
  if (!cluster.isWorker || worker === undefined) return undefined;
  const primary = createChannel({
    line: lineOf(worker),
    ...{ theirs: toPrimary, ours: toWorker, clock },
  });

  return {
    number: worker.id,
    serves: (line) => void primary.ask('serving', line).catch(() => undefined),
    hear: (listener) => {
      const signals = createEndSignals(listener);
      primary.answer('end', (signal) => {
        signals.told(signal);
        return null;
      });
      process.on('SIGTERM', () => signals.own('SIGTERM'));
      worker.on('disconnect', () => {
        // Else node:cluster ends this process at once, and what is under way is cut.
        worker.exitedAfterDisconnect = true;
        signals.own('DISCONNECT');
      });
    },
    shareMetrics: (own) => {
      primary.answer('readings', async () => (await own.getMetricsAsJSON()).map(ofSeveral));
      return { type: own.contentType, text: () => primary.ask('metrics', null, METRICS_LIMIT_MS) };
    },
  };
}

/** Of prom-client's own metrics: the mean of lags hides the loop that hangs, and a start of one of the workers must be seen. */
function ofSeveral(metric: Readings[number]): Readings[number] {
  const { name } = metric;
  const isGreatest = name.startsWith('nodejs_eventloop_lag_') ? !name.includes('_min_') : name === START_TIME;
  return isGreatest ? { ...metric, aggregator: 'max' } : metric;
}
