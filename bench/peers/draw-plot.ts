import { readFileSync } from 'node:fs';
import { init } from 'echarts';
import type { Plot } from '../report/plots.js';

/** Reads a plot from standard input, and writes it as SVG. */
const { title, bars } = JSON.parse(readFileSync(0, 'utf8')) as Plot;
const marked = bars.some(({ aim }) => aim !== undefined);
const chart = init(null, null, { renderer: 'svg', ssr: true, width: 900, height: 120 + 44 * bars.length });
const names = bars.map(({ name }) => name);
const mark = (name: string, symbol: string, color: string, values: (number | undefined)[]) => ({
  ...{ name, type: 'scatter' as const, symbol, symbolSize: symbol === 'rect' ? [3, 24] : 11 },
  itemStyle: { color },
  data: values.map((value) => value ?? null),
});

chart.setOption({
  animation: false,
  backgroundColor: '#ffffff',
  title: { text: title, left: 16, top: 12, textStyle: { fontSize: 15 } },
  legend: marked ? { bottom: 8, data: ['measured', 'at least', 'aim'] } : { show: false },
  grid: { left: 16, right: 64, top: 48, bottom: marked ? 44 : 24, containLabel: true },
  xAxis: { type: 'value', min: 0, ...(marked ? { max: 1 } : {}) },
  yAxis: { type: 'category', inverse: true, data: names },
  series: [
    {
      ...{ name: 'measured', type: 'bar', barWidth: 20, itemStyle: { color: '#3b6fb6' } },
      label: { show: true, position: 'right', formatter: ({ value }: { value?: unknown }) => Number(value).toFixed(3) },
      data: bars.map(({ value }) => value),
    },
    mark(
      'at least',
      'rect',
      '#c0392b',
      bars.map(({ least }) => least),
    ),
    mark(
      'aim',
      'diamond',
      '#2e8b57',
      bars.map(({ aim }) => aim),
    ),
  ],
});
process.stdout.write(chart.renderToSVGString());
chart.dispose();
