import type { Metric, MetricObjectWithValues, MetricValue, Registry } from 'prom-client';

/** prom-client hashes labels at each observation, which costs a hit more than all the rest of it. These are bound to their labels once. */
interface Cheap<Child> {
  /** The part of the metric with these label values; made once for each set of them. */
  child(...labelValues: string[]): Child;
}

interface Options {
  name: string;
  help: string;
  labelNames: readonly string[];
  registry: Registry;
}

export interface CheapCounter {
  inc(by?: number): void;
}

export interface CheapHistogram {
  /** In seconds. */
  observe(seconds: number): void;
  /** Names the trace of an observation, made at `atMs` since the epoch: its bucket shows the last one that was named. */
  exemplify(seconds: number, traceId: string, atMs: number): void;
}

/** An observation whose trace can be looked up. */
interface Exemplar {
  labelSet: { trace_id: string };
  /** Seconds. */
  value: number;
  /** Seconds since the epoch. */
  timestamp: number;
}

type LabelText = Partial<Record<string, string | number>>;

function register(
  options: Options,
  type: 'counter' | 'histogram',
  values: () => (MetricValue<string> & { metricName?: string; exemplar?: Exemplar | undefined })[],
): void {
  const { name, help, registry } = options;
  const metric = {
    name,
    help,
    reset: () => {},
    get: async () =>
      ({ name, help, type, values: values(), aggregator: 'sum' }) as unknown as MetricObjectWithValues<
        MetricValue<string>
      >,
  };
  // The registry asks a metric for no more than this.
  registry.registerMetric(metric as unknown as Metric);
}

const labelsOf = (names: readonly string[], values: readonly string[]): LabelText =>
  Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));

export function createCheapCounter(options: Options): Cheap<CheapCounter> {
  const children = new Map<string, { labels: LabelText; value: number; counter: CheapCounter }>();
  register(options, 'counter', () => [...children.values()].map(({ labels, value }) => ({ labels, value })));
  return {
    child: (...labelValues) => {
      const key = labelValues.join('\n');
      const known = children.get(key);
      if (known !== undefined) return known.counter;
      const child = {
        labels: labelsOf(options.labelNames, labelValues),
        value: 0,
        counter: {
          inc: (by = 1) => {
            child.value += by;
          },
        },
      };
      children.set(key, child);
      return child.counter;
    },
  };
}

export function createCheapHistogram(options: Options & { buckets: readonly number[] }): Cheap<CheapHistogram> {
  const { name, labelNames, buckets } = options;
  const children = new Map<
    string,
    {
      labels: LabelText;
      counts: Float64Array;
      exemplars: Map<number, Exemplar>;
      sum: number;
      histogram: CheapHistogram;
    }
  >();
  register(options, 'histogram', () =>
    [...children.values()].flatMap(({ labels, counts, exemplars, sum }) => {
      let total = 0;
      const bounds = [...buckets.map(String), '+Inf'].map((le, index) => {
        total += counts[index] ?? 0;
        const exemplar = exemplars.get(index);
        return { labels: { ...labels, le }, value: total, metricName: `${name}_bucket`, exemplar };
      });
      return [
        ...bounds,
        { labels, value: sum, metricName: `${name}_sum` },
        { labels, value: total, metricName: `${name}_count` },
      ];
    }),
  );
  /** Of the bucket that holds it. */
  const indexOf = (seconds: number) => {
    let index = 0;
    while (index < buckets.length && seconds > (buckets[index] ?? 0)) index += 1;
    return index;
  };
  return {
    child: (...labelValues) => {
      const key = labelValues.join('\n');
      const known = children.get(key);
      if (known !== undefined) return known.histogram;
      const counts = new Float64Array(buckets.length + 1);
      const exemplars = new Map<number, Exemplar>();
      const child = {
        ...{ labels: labelsOf(labelNames, labelValues), counts, exemplars },
        sum: 0,
        histogram: {
          observe: (seconds: number) => {
            const index = indexOf(seconds);
            counts[index] = (counts[index] ?? 0) + 1;
            child.sum += seconds;
          },
          exemplify: (seconds: number, traceId: string, atMs: number) => {
            const timestamp = atMs / 1000;
            exemplars.set(indexOf(seconds), { labelSet: { trace_id: traceId }, value: seconds, timestamp });
          },
        },
      };
      children.set(key, child);
      return child.histogram;
    },
  };
}
