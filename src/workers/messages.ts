import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import { z } from 'zod';

/** What one process has measured: prom-client's metrics with their values. */
export type Readings = MetricObjectWithValues<MetricValue<string>>[];

const readings = z.array(
  z.custom<Readings[number]>(
    (metric) => typeof metric === 'object' && metric !== null && 'name' in metric && 'values' in metric,
  ),
);
const nothing = z.null();

/** What a worker asks of the primary process. */
export const toPrimary = {
  /** It serves; the line says where. */
  serving: { question: z.string(), answer: nothing },
  /** The metrics of all workers, in Prometheus' text format. */
  metrics: { question: nothing, answer: z.string() },
} as const;

/** What the primary process asks of a worker. */
export const toWorker = {
  end: { question: z.enum(['SIGTERM', 'SIGINT']), answer: nothing },
  readings: { question: nothing, answer: readings },
} as const;
