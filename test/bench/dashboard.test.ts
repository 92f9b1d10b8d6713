import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { pageOf } from '../../bench/dashboard/dashboard-page.js';
import {
  type AnsweredPanel,
  narrowed,
  type Panel,
  plotOf,
  readPanels,
  type Series,
  withoutData,
  withoutEvent,
} from '../../bench/dashboard/panels.js';

const series = (metric: Series['metric'], ...values: [number, string][]): Series => ({ metric, values });
const panel: Panel = {
  ...{ title: 'Tiers', unit: 'short', place: { x: 8, y: 7, w: 8, h: 7 } },
  queries: [
    { expr: 'redis_up', legend: 'Redis {{ instance }}' },
    { expr: 'database_up', legend: 'database' },
  ],
};
const answered = (...answers: Series[][]): AnsweredPanel => ({ panel, answers });

describe('the panels of the dashboard', () => {
  it('are all read, each with the place and the unit that Grafana has', async () => {
    const json = await readFile('ops/grafana/dashboard.json', 'utf8');
    const panels = readPanels(json);
    const { panels: given } = JSON.parse(json) as { panels: { title: string; targets: unknown[] }[] };
    expect(panels.map(({ title, queries }) => [title, queries.length])).toEqual(
      given.map(({ title, targets }) => [title, targets.length]),
    );
    const places = panels.map(({ place: { x, y } }) => `${x} ${y}`);
    expect(new Set(places).size).toBe(places.length);
    expect(() => readPanels(json.replace('"percentunit"', '"furlongs"'))).toThrow('furlongs');
  });

  it('are asked with rates over the seconds of a short run', () => {
    expect(narrowed('sum(rate(a[5m])) / rate(b{x="[1]"}[10m]) + c', 10)).toBe(
      'sum(rate(a[10s])) / rate(b{x="[1]"}[10s]) + c',
    );
  });

  it('are named when a query has no data', () => {
    const up = series({}, [10, '1']);
    expect(withoutData([answered([up], [up])])).toEqual([]);
    expect(withoutData([answered([up], [])])).toEqual(['Tiers: database_up']);
    expect(withoutData([answered([series({}, [10, 'NaN'])], [series({})])])).toEqual([
      'Tiers: redis_up',
      'Tiers: database_up',
    ]);
    expect(withoutData([answered()])).toHaveLength(2);
  });

  it('are named when they show nothing but zeros', () => {
    const flat = series({}, [10, '0'], [11, '0']);
    expect(withoutEvent([answered([flat], [flat])])).toEqual(['Tiers']);
    expect(withoutEvent([answered([flat], [series({}, [11, '0.1'])])])).toEqual([]);
    expect(withoutEvent([answered()])).toEqual([]);
  });

  it('are drawn from the beginning, with a gap where a scrape is missing', () => {
    const redis = series({ instance: 'a:1' }, [100, '1'], [101, '0'], [104, 'NaN']);
    const drawn = plotOf(answered([redis], [series({}, [100, '1'])]), {
      ...{ startedAt: 100, step: 1, spans: [], column: 10, row: 20 },
    });
    expect(drawn).toMatchObject({ title: 'Tiers', width: 80, height: 140 });
    expect(drawn.parts[0]?.lines).toEqual([
      {
        name: 'Redis a:1',
        points: [
          [0, 1],
          [1, 0],
          [2, null],
          [4, null],
        ],
      },
      { name: 'database', points: [[0, 1]] },
    ]);
  });

  it('stand on the page where Grafana has them', () => {
    const html = pageOf({ title: 'Gateway', caption: 'two gateways', panels: [panel], svgs: ['<svg>one</svg>'] });
    expect(html).toMatch(/left: \d+px; top: \d+px"><svg>one<\/svg>/);
    expect(html).toContain('two gateways');
  });
});
