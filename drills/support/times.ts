import type { Sample } from '../load/plan.js';
import { exactly, type Finding } from './drill.js';

/** What share of the times is no longer than this. 0 when there are none. */
export function percentile(samples: readonly { tookMs: number }[], share: number): number {
  const times = samples.map(({ tookMs }) => tookMs).sort((a, b) => a - b);
  return times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
}

export const slowest = (samples: readonly { tookMs: number }[]): number => percentile(samples, 1);

/** Those that were sent within a span of time. */
export const sentBetween = (samples: readonly Sample[], from: number, to: number): Sample[] =>
  samples.filter(({ askedAt }) => askedAt >= from && askedAt < to);

/** Whether a page was served whole. */
export const isWhole = ({ status, page }: Sample): boolean => status === 200 && (page?.errors.length ?? 0) === 0;

/** That all were served whole; otherwise the first that was not, in the table. */
export function noneFailed(samples: readonly Sample[], what = 'failed answers'): Finding {
  const failed = samples.filter((sample) => !isWhole(sample));
  const [first] = failed;
  const finding = exactly(`${what} of ${samples.length}`, failed.length, 0);
  if (samples.length === 0) return { ...finding, measured: 'nothing was asked', passed: false };
  if (first === undefined) return finding;
  const reason = first.failure ?? first.page?.errors.map(({ section, code }) => `${section}: ${code}`).join(' ') ?? '';
  return { ...finding, measured: `${failed.length}, the first: ${first.status} ${reason}` };
}
