import type { Line, LinePlot, Unit } from '../report/line-plots.js';

/** A query of a panel, as Grafana asks it. */
export interface Query {
  readonly expr: string;
  /** How its lines are named: `{{label}}` stands for a label's value. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly unit: Unit;
  /** Where it stands, in Grafana's columns (24) and rows. */
  readonly place: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly queries: readonly Query[];
}

/** A line of an answer of Prometheus to `query_range`: seconds since the epoch, and the value as text. */
export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [at: number, value: string])[];
}

/** A panel with an answer for each of its queries. */
export interface AnsweredPanel {
  readonly panel: Panel;
  readonly answers: readonly (readonly Series[])[];
}

interface Dashboard {
  panels: {
    title: string;
    gridPos: Panel['place'];
    fieldConfig: { defaults: { unit: string } };
    targets: { expr: string; legendFormat: string }[];
  }[];
}

const units: readonly Unit[] = ['s', 'ms', 'bytes', 'percentunit', 'reqps', 'ops', 'short'];

/** The panels of a dashboard of Grafana. Throws for a unit that has no scale here. */
export function readPanels(json: string): Panel[] {
  const { panels } = JSON.parse(json) as Dashboard;
  return panels.map(({ title, gridPos, fieldConfig, targets }) => {
    const named = fieldConfig.defaults.unit;
    const unit = units.find((one) => one === named);
    if (unit === undefined) throw new Error(`Panel ${title}: no scale for the unit ${named}`);
    const queries = targets.map(({ expr, legendFormat }) => ({ expr, legend: legendFormat }));
    return { title, unit, place: gridPos, queries };
  });
}

/** The same query with every rate taken over so many seconds: in a run of minutes, a rate over minutes shows next to nothing. */
export const narrowed = (expr: string, seconds: number): string => expr.replace(/\[\d+[smh]\]/g, `[${seconds}s]`);

const lineName = (legend: string, metric: Series['metric']) =>
  legend.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => metric[label] ?? '');

const isValue = ([, value]: Series['values'][number]) => Number.isFinite(Number(value));

/** The queries that had no value at any time, by the titles of their panels. */
export const withoutData = (panels: readonly AnsweredPanel[]): string[] =>
  panels.flatMap(({ panel, answers }) =>
    panel.queries.flatMap(({ expr }, index) => {
      const isAnswered = answers[index]?.some(({ values }) => values.some(isValue)) ?? false;
      return isAnswered ? [] : [`${panel.title}: ${expr}`];
    }),
  );

/** Panels that have data, all of it zero: they are drawn, but the run has not caused what they are there for. */
export const withoutEvent = (panels: readonly AnsweredPanel[]): string[] =>
  panels.flatMap(({ panel, answers }) => {
    const values = answers.flat().flatMap((series) => series.values.filter(isValue));
    return values.length > 0 && values.every(([, value]) => Number(value) === 0) ? [panel.title] : [];
  });

/** A panel's picture, with time counted from `startedAt` (seconds since the epoch). A step without a value is a gap. */
export function plotOf(
  { panel, answers }: AnsweredPanel,
  options: {
    startedAt: number;
    /** Seconds between two values. */
    step: number;
    spans: NonNullable<LinePlot['spans']>;
    /** Pixels of one of Grafana's columns and rows. */
    column: number;
    row: number;
  },
): LinePlot {
  const { startedAt, step, spans, column, row } = options;
  const lines = panel.queries.flatMap(({ legend }, index) =>
    (answers[index] ?? []).map(({ metric, values }): Line => {
      const points: (readonly [number, number | null])[] = [];
      let last: number | undefined;
      for (const [at, value] of values) {
        if (last !== undefined && at - last > step * 1.5) points.push([last + step - startedAt, null]);
        points.push([at - startedAt, isValue([at, value]) ? Number(value) : null]);
        last = at;
      }
      return { name: lineName(legend, metric), points };
    }),
  );
  const { w, h } = panel.place;
  return { title: panel.title, width: w * column, height: h * row, parts: [{ unit: panel.unit, lines }], spans };
}
