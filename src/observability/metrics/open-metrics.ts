import {
  type Metric,
  type MetricObjectWithValues,
  type MetricValue,
  type OpenMetricsContentType,
  Registry,
} from 'prom-client';

export const openMetricsType: OpenMetricsContentType = Registry.OPENMETRICS_CONTENT_TYPE;

/** What prom-client's registry reads of a metric; the first is a faster form of the second, which some have. */
interface Readable {
  readonly name: string;
  readonly type?: string;
  getForPromString?(): Promise<MetricObjectWithValues<MetricValue<string>>>;
  get(): Promise<MetricObjectWithValues<MetricValue<string>>>;
}

/**
 * The metrics of a registry in the format of OpenMetrics 1.0, with exemplars; series have the names that they have in Prometheus'
 * own text. prom-client takes `_total` off the metrics themselves when it writes this format, which would rename them in the other
 * text from then on. So it is given copies.
 */
export function openMetricsText(registry: Registry): Promise<string> {
  const copies = new Registry<OpenMetricsContentType>();
  copies.setContentType(openMetricsType);
  for (const metric of registry.getMetricsAsArray() as unknown as Readable[]) {
    const copy = {
      name: metric.name,
      get: async () => {
        const read = await (metric.getForPromString?.() ?? metric.get());
        // A family of counters is named without the ending that its series have, which prom-client puts on.
        return String(read.type) === 'counter' ? { ...read, name: read.name.replace(/_total$/, '') } : read;
      },
    };
    copies.registerMetric(copy as unknown as Metric);
  }
  return copies.metrics();
}
