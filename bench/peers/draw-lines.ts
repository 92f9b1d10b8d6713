import { readFileSync } from 'node:fs';
import { init } from 'echarts';
import type { LinePlot, Unit } from '../report/line-plots.js';

/** Bytes are drawn as MiB, so that the marks of their scale are round. */
const divisorOf = (unit: Unit) => (unit === 'bytes' ? 2 ** 20 : 1);

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

function scaleText(unit: Unit, value: number): string {
  if (value === 0) return '0';
  switch (unit) {
    case 's':
      return value < 1 ? `${short(value * 1000)} ms` : `${short(value)} s`;
    case 'ms':
      return `${short(value)} ms`;
    case 'bytes':
      return `${short(value)} MiB`;
    case 'percentunit':
      return `${short(value * 100)} %`;
    case 'reqps':
    case 'ops':
      return `${short(value)}/s`;
    case 'short':
      return short(value);
  }
}

/** Rows that the legend takes, by an estimate of its words' widths; one that is too long would cover the curves. */
function legendRows(names: readonly string[], width: number): number {
  let rows = 1;
  let used = 0;
  for (const name of names) {
    const needed = 36 + name.length * 6;
    if (used + needed > width - 24 && used > 0) {
      rows += 1;
      used = 0;
    }
    used += needed;
  }
  return rows;
}

function draw({ title, width, height, parts, spans = [] }: LinePlot): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  const names = [...new Set(parts.flatMap(({ lines }) => lines.map(({ name }) => name)))];
  const seconds = parts.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([second]) => second)));
  const bottom = 30 + 16 * legendRows(names, width);
  const room = (height - 44 - bottom) / parts.length;
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    color: [
      '#3b6fb6',
      '#d08a1d',
      '#2e8b57',
      '#8e5bb5',
      '#c0392b',
      '#2aa0a4',
      '#7f6a4d',
      '#d16ba5',
      '#6b7280',
      '#9aa824',
    ],
    title: [
      { text: title, left: 12, top: 8, textStyle: { fontSize: 14 } },
      ...parts.flatMap((part, index) =>
        part.title === undefined
          ? []
          : [
              {
                text: part.title,
                left: 12,
                top: 36 + index * room,
                textStyle: { fontSize: 11, fontWeight: 'normal' as const },
              },
            ],
      ),
    ],
    legend: {
      bottom: 4,
      left: 12,
      right: 12,
      icon: 'roundRect',
      itemHeight: 4,
      itemWidth: 16,
      itemGap: 12,
      textStyle: { fontSize: 10 },
      data: names,
    },
    grid: parts.map((part, index) => ({
      ...{ left: 64, right: 16, top: 44 + index * room + (part.title === undefined ? 0 : 14) },
      height: room - 12 - (part.title === undefined ? 0 : 14),
    })),
    xAxis: parts.map((_, index) => ({
      ...{ type: 'value' as const, gridIndex: index, min: Math.min(0, ...seconds), max: Math.max(1, ...seconds) },
      axisLabel: { show: index === parts.length - 1, fontSize: 10, formatter: '{value} s', showMaxLabel: false },
      splitLine: { show: false },
    })),
    yAxis: parts.map(({ unit, lines }, index) => ({
      ...{ type: 'value' as const, gridIndex: index, min: 0, splitNumber: 4 },
      // A scale of nothing but zeros would run from 0 to 1 in fifths.
      ...(lines.every(({ points }) => points.every(([, value]) => (value ?? 0) <= 0)) ? { max: 1 } : {}),
      axisLabel: { fontSize: 10, formatter: (value: number) => scaleText(unit, value) },
      splitLine: { lineStyle: { color: '#e5e7eb' } },
    })),
    series: parts.flatMap(({ unit, lines }, index) =>
      lines.map(({ name, points, color }, place) => ({
        ...{ name, type: 'line' as const, xAxisIndex: index, yAxisIndex: index },
        data: points.map(([second, value]) => [second, value === null ? null : value / divisorOf(unit)]),
        showSymbol: points.filter(([, value]) => value !== null).length < 2,
        lineStyle: { width: 1.5, ...(color === undefined ? {} : { color }) },
        ...(color === undefined ? {} : { itemStyle: { color } }),
        ...(place === 0
          ? {
              markArea: {
                silent: true,
                itemStyle: { color: 'rgba(192, 57, 43, 0.10)' },
                label: { fontSize: 9, color: '#7f1d1d', position: 'insideTop' as const },
                data: spans.map((span) => [
                  { name: index === 0 ? span.name : '', xAxis: span.from },
                  { xAxis: span.to },
                ]) as [{ name: string; xAxis: number }, { xAxis: number }][],
              },
            }
          : {}),
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** Reads a list of plots from standard input, and writes a list of SVGs as JSON. */
const plots = JSON.parse(readFileSync(0, 'utf8')) as readonly LinePlot[];
process.stdout.write(JSON.stringify(plots.map(draw)));
