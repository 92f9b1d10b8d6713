import type { Sample } from '../load/plan.js';
import { exactly, type Finding } from './drill.js';

/** The time that `share` of the samples do not exceed (0.99: p99). 0 without samples. */
export function percentile(samples: readonly { tookMs: number }[], share: number): number {
  const times = samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}

export const slowest = (samples: readonly { tookMs: number }[]): number => percentile(samples, 1);

/** The samples that were sent from `from` until `to`, milliseconds since the epoch. */
export const sentBetween = (samples: readonly Sample[], from: number, to: number): Sample[] =>
  samples.filter(({ askedAt }) => askedAt >= from && askedAt < to);

/** Whether the page was a 200 without a failed section. */
export const isWhole = ({ status, page }: Sample): boolean => status === 200 && (page?.errors.length ?? 0) === 0;

/** The finding that all pages were served whole; the table shows the first that was not. */
export function noneFailed(samples: readonly Sample[], what = 'failed answers'): Finding {
  const failed = samples.filter((sample) => !isWhole(sample));
  const [first] = failed;
  const finding = exactly(`${what} of ${samples.length}`, failed.length, 0);
  if (samples.length === 0) return { ...finding, measured: 'nothing was asked', passed: false };
  if (first === undefined) return finding;
  const reason = first.failure ?? first.page?.errors.map(({ section, code }) => `${section}: ${code}`).join(' ') ?? '';
  return { ...finding, measured: `${failed.length}, the first: ${first.status} ${reason}` };
}
