import cluster from 'node:cluster';
import { AggregatorRegistry, type Registry } from 'prom-client';
import { type FromWorker, toWorker } from './messages.js';

/** What a gateway does otherwise when it is one of several workers (`WORKERS`). */
export interface Worker {
  readonly number: number;
  /** Tells the primary process that it serves, and the line that says where. */
  serves(line: string): void;
  /** Its signals to end: those of the primary process, which hears a terminal's for all of them. */
  hear(listener: (signal: NodeJS.Signals) => void): void;
  /** Lets the primary process read its metrics. @returns the metrics of all workers, in Prometheus' text format; rejects when they cannot be had */
  shareMetrics(own: Registry): { type: string; text: () => Promise<string> };
}

/** The worker that this process is; undefined when it is the only one. */
export function thisWorker(): Worker | undefined {
  const { worker } = cluster;
  if (!cluster.isWorker || worker === undefined) return undefined;
  const send = (message: FromWorker) => void worker.send(message);
  const asked = new Map<number, (text: string | undefined) => void>();
  let lastId = 0;
  let onEnd: (signal: NodeJS.Signals) => void = () => {};
  process.on('message', (message) => {
    const { data } = toWorker.safeParse(message);
    if (data?.kind === 'end') onEnd(data.signal);
    if (data?.kind === 'metrics') asked.get(data.id)?.(data.text);
  });

  return {
    number: worker.id,
    serves: (line) => send({ kind: 'serving', line }),
    hear: (listener) => {
      onEnd = listener;
      process.on('SIGTERM', listener);
    },
    shareMetrics: (own) => {
      // prom-client answers the primary process from these.
      AggregatorRegistry.setRegistries([own]);
      const { contentType: type } = new AggregatorRegistry();
      const text = () =>
        new Promise<string>((resolve, reject) => {
          lastId += 1;
          const id = lastId;
          asked.set(id, (answer) => {
            asked.delete(id);
            if (answer === undefined) reject(new Error('not every worker tells its metrics'));
            else resolve(answer);
          });
          send({ kind: 'metrics asked', id });
        });
      return { type, text };
    },
  };
}
