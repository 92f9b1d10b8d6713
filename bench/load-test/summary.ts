import type { UserSample } from './run-users.js';

/** What a load test is judged by: the aims that the shop's owner set. */
export interface Threshold {
  name: string;
  limit: string;
  value: string;
  isMet: boolean;
}

export interface Slice {
  /** Since the beginning. */
  second: number;
  /** How long it is. */
  seconds: number;
  requests: number;
  /** How many answers had each status; 0 stands for none. */
  statuses: ReadonlyMap<number, number>;
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

/** How many of them had each status. */
function statusesOf(samples: readonly UserSample[]): ReadonlyMap<number, number> {
  const statuses = new Map<number, number>();
  for (const { status } of samples) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  return statuses;
}

/** Ten seconds in a long run, and less in one that would have few of them. */
export const sliceSecondsOf = (seconds: number): number => Math.min(10, Math.ceil(seconds / 30));

/** A run of so many seconds in slices, the last of which may be shorter; `memoryMiB` says for each, from 0, what was read in it. */
export function slicesOf(options: {
  samples: readonly UserSample[];
  seconds: number;
  memoryMiB: ReadonlyMap<number, number>;
}): Slice[] {
  const { samples, seconds, memoryMiB } = options;
  const width = sliceSecondsOf(seconds);
  const parts = Array.from({ length: Math.ceil(seconds / width) }, (): UserSample[] => []);
  for (const sample of samples) parts[Math.floor(sample.at / 1000 / width)]?.push(sample);
  return parts.map((part, index) => {
    const times = timesOf(part);
    const second = index * width;
    return {
      ...{ second, seconds: Math.min(width, seconds - second), requests: part.length, statuses: statusesOf(part) },
      ...{ errors: part.filter(isError).length, memoryMiB: memoryMiB.get(index) },
      ...{ p50: percentile(times, 0.5), p95: percentile(times, 0.95), p99: percentile(times, 0.99) },
    };
  });
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

/** The report: what was asked, how it was answered over time, and whether that is good enough; with pictures that lie beside it. */
export function reportOf(options: {
  title: string;
  samples: readonly UserSample[];
  slices: readonly Slice[];
  images: readonly { title: string; file: string }[];
}): string {
  const { title, samples, slices, images } = options;
  const statuses = statusesOf(samples);
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
    ...images.flatMap(({ title: shown, file }) => [`![${shown}](${encodeURI(file)})`, '']),
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
