import type { Line, LinePlot } from '../report/line-plots.js';
import type { Slice } from './summary.js';

/** A picture of a report: `name` tells its file from the others'. */
export interface LoadPlot {
  readonly name: string;
  readonly plot: LinePlot;
}

const size = { width: 900, height: 360 };
const OK = 200;
const OK_COLOR = '#3b6fb6';
/** None is that of 200. */
const OTHER_COLORS = ['#c0392b', '#d08a1d', '#8e5bb5', '#111827', '#2e8b57', '#d16ba5', '#2aa0a4', '#7f6a4d'];

/** What the slices show over time. There is none of memory where the gateway's metrics could not be read. */
export function loadPlots(slices: readonly Slice[]): LoadPlot[] {
  const line = (name: string, value: (slice: Slice) => number | undefined, color?: string): Line => ({
    ...{ name, points: slices.map((slice) => [slice.second, value(slice) ?? null] as const) },
    ...(color === undefined ? {} : { color }),
  });
  const latency: LinePlot = {
    ...{ title: 'Latency', ...size },
    parts: [
      {
        unit: 'ms',
        // A slice without an answer has no latency.
        lines: (['p50', 'p95', 'p99'] as const).map((name) =>
          line(name.toUpperCase(), (slice) => (slice.requests === 0 ? undefined : slice[name])),
        ),
      },
    ],
  };
  const others = [...new Set(slices.flatMap(({ statuses }) => [...statuses.keys()]))]
    .filter((status) => status !== OK)
    .sort((a, b) => a - b);
  const ofStatus = (status: number, color: string | undefined) =>
    line(statusName(status), ({ statuses, seconds }) => (statuses.get(status) ?? 0) / seconds, color);
  const answers: LinePlot = {
    ...{ title: 'Requests by status', ...size },
    parts: [
      {
        ...(others.length === 0 ? {} : { title: 'all, and those that were answered with 200' }),
        unit: 'reqps',
        lines: [
          ...(others.length === 0 ? [] : [line('requests', ({ requests, seconds }) => requests / seconds, '#9ca3af')]),
          ofStatus(OK, OK_COLOR),
        ],
      },
      // On the scale of the others a few of them would lie on the axis.
      ...(others.length === 0
        ? []
        : [
            {
              title: 'every other status',
              unit: 'reqps' as const,
              lines: others.map((status, index) => ofStatus(status, OTHER_COLORS[index % OTHER_COLORS.length])),
            },
          ]),
    ],
  };
  const memory: LinePlot = {
    ...{ title: 'Resident memory of the gateway', ...size },
    parts: [
      {
        unit: 'bytes',
        lines: [line('resident', ({ memoryMiB }) => (memoryMiB === undefined ? undefined : memoryMiB * 2 ** 20))],
      },
    ],
  };
  const isKnown = slices.some(({ memoryMiB }) => memoryMiB !== undefined);
  return [
    { name: 'latency', plot: latency },
    { name: 'statuses', plot: answers },
    ...(isKnown ? [{ name: 'memory', plot: memory }] : []),
  ];
}

const statusName = (status: number) => (status === 0 ? 'no answer' : String(status));
