import type { UserSample } from './run-users.js';

/** What a load test is judged by: the aims that the shop's owner set. */
export interface Threshold {
  name: string;
  limit: string;
  value: string;
  isMet: boolean;
}

export interface Slice {
  second: number;
  requests: number;
  errors: number;
  p50: number;
  p95: number;
  p99: number;
  /** Resident memory of the gateway in MiB, when its metrics can be read. */
  memoryMiB: number | undefined;
}

/** The value below which this share of sorted numbers lies. */
export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

const timesOf = (samples: readonly UserSample[]) => samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
export const isError = ({ status }: UserSample) => status === 0 || status >= 400;

export function sliceOf(second: number, samples: readonly UserSample[], memoryMiB: number | undefined): Slice {
  const times = timesOf(samples);
  return {
    ...{ second, requests: samples.length, errors: samples.filter(isError).length, memoryMiB },
    ...{ p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) },
  };
}

export function thresholds(samples: readonly UserSample[]): Threshold[] {
  const times = timesOf(samples);
  const told = samples.filter(({ fromCache }) => fromCache !== undefined);
  const hitRate = told.filter(({ fromCache }) => fromCache).length / Math.max(1, told.length);
  const errorRate = samples.filter(isError).length / Math.max(1, samples.length);
  const time = (name: string, share: number, limitMs: number): Threshold => {
    const value = percentile(times, share);
    return { name, limit: `below ${limitMs} ms`, value: `${value.toFixed(1)} ms`, isMet: value < limitMs };
  };
  return [
    time('P50', 0.5, 250),
    time('P95', 0.95, 500),
    time('P99', 0.99, 800),
    { name: 'cache hit rate', limit: 'above 80 %', value: `${(100 * hitRate).toFixed(1)} %`, isMet: hitRate > 0.8 },
    { name: 'errors', limit: 'below 1 %', value: `${(100 * errorRate).toFixed(2)} %`, isMet: errorRate < 0.01 },
  ];
}

/** The report: what was asked, how it was answered over time, and whether that is good enough. */
export function reportOf(options: { title: string; samples: readonly UserSample[]; slices: readonly Slice[] }): string {
  const { title, samples, slices } = options;
  const statuses = new Map<number, number>();
  for (const { status } of samples) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  const bytes = samples.reduce((sum, sample) => sum + sample.bytes, 0) / Math.max(1, samples.length);
  return [
    `# ${title}`,
    '',
    `${samples.length} requests, ${(bytes / 1024).toFixed(1)} KiB each. Statuses: ${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}.`,
    '',
    '| aim | limit | measured | |',
    '|---|---|---|---|',
    ...thresholds(samples).map(
      ({ name, limit, value, isMet }) => `| ${name} | ${limit} | ${value} | ${isMet ? 'met' : 'MISSED'} |`,
    ),
    '',
    '| second | requests | errors | P50 ms | P95 ms | P99 ms | memory MiB |',
    '|---|---|---|---|---|---|---|',
    ...slices.map(({ second, requests, errors, p50, p95, p99, memoryMiB }) =>
      [
        '',
        ` ${second} `,
        ` ${requests} `,
        ` ${errors} `,
        ...[p50, p95, p99].map((ms) => ` ${ms.toFixed(1)} `),
        ` ${memoryMiB?.toFixed(0) ?? ''} `,
        '',
      ].join('|'),
    ),
    '',
  ].join('\n');
}
