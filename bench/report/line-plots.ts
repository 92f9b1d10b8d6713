import { peerOutput } from '../support/peers.js';

/** Units that scales are written in. Those of Grafana's panels have its names: seconds, bytes, a share of one, events a second. */
export type Unit = 's' | 'ms' | 'bytes' | 'percentunit' | 'reqps' | 'ops' | 'short';

export interface Line {
  readonly name: string;
  /** Seconds since the beginning, and the value then; null where there is none, so that the line is broken. */
  readonly points: readonly (readonly [second: number, value: number | null])[];
  /** The library's own choice when left out. */
  readonly color?: string;
}

/** Curves over time, which bench/peers/draw-lines.ts draws. */
export interface LinePlot {
  readonly title: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** One below the other over the same time, each with a scale of its own. */
  readonly parts: readonly { readonly title?: string; readonly unit: Unit; readonly lines: readonly Line[] }[];
  /** Times that are shaded in every part. */
  readonly spans?: readonly { readonly name: string; readonly from: number; readonly to: number }[];
}

/** An SVG for each; the packages of bench/peers must be installed. One process draws all, since to start it takes longer than to draw. */
export const drawLines = (plots: readonly LinePlot[]): string[] =>
  JSON.parse(peerOutput('draw-lines.ts', plots)) as string[];
