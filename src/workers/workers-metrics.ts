import { AggregatorRegistry } from 'prom-client';
import type { Readings } from './messages.js';

/** The metrics of all workers, in Prometheus' text format. */
export interface WorkersMetrics {
  readonly contentType: string;
  text(): Promise<string>;
}

/** A worker as far as it is measured. */
export interface Measured {
  readings(): Promise<Readings>;
}

/**
 * Puts the metrics of the workers together. What a worker had counted when it was last read stays in the sums after its end:
 * a counter that falls would look to Prometheus like one that began anew, and all of it like an increase. Of a worker that does
 * not answer, the last readings stand.
 */
export function createWorkersMetrics<Worker extends Measured>(options: {
  workers: () => Iterable<Worker>;
}): WorkersMetrics & { ended(worker: Worker): void } {
  const { workers } = options;
  const last = new Map<Worker, Readings>();
  /** Counters of workers that have ended. */
  let ended: Promise<Readings> = Promise.resolve([]);
  const sum = (all: Readings[]) => AggregatorRegistry.aggregate(all);
  const read = async (worker: Worker): Promise<void> => {
    const readings = await worker.readings().catch(() => undefined);
    // One that has ended meanwhile is counted among those.
    if (readings !== undefined && [...workers()].includes(worker)) last.set(worker, readings);
  };

  return {
    contentType: new AggregatorRegistry().contentType,
    ended: (worker) => {
      const counted = (last.get(worker) ?? []).filter(({ type }) => isCounted(type));
      last.delete(worker);
      ended = ended.then((before) => sum([before, counted]).getMetricsAsJSON());
    },
    text: async () => {
      await Promise.all([...workers()].map(read));
      const before = await ended;
      return sum([...last.values(), before]).metrics();
    },
  };
}

/** prom-client's types are an enum of numbers, its values are words. */
const isCounted = (type: unknown): boolean => type === 'counter' || type === 'histogram';
