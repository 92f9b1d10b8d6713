import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { allPaths } from '../speed/measured-paths.js';
import { speedPeers } from '../speed/peer-names.js';
import { peerOutput } from '../support/peers.js';
import type { SpeedResults, SpeedRow } from './results.js';

/** What bench/peers/draw-plot.ts draws: a bar for each name, and marks beside it. */
export interface Plot {
  readonly title: string;
  readonly bars: readonly { name: string; value: number; least?: number; aim?: number }[];
}

const folder = fileURLToPath(new URL('../plots/', import.meta.url));
export const plotNames = { paths: 'paths.svg', peers: 'peers.svg' } as const;

export function drawPlots(speed: SpeedResults): void {
  mkdirSync(folder, { recursive: true });
  const draw = (name: string, plot: Plot) => writeFileSync(`${folder}${name}`, peerOutput('draw-plot.ts', plot));
  draw(plotNames.paths, pathsPlot(speed));
  draw(plotNames.peers, peersPlot(speed));
}

/** Throughput where it was measured, else CPU time. */
const ratioOf = ({ throughput, cpu }: SpeedRow) => (throughput ?? cpu).median;

function pathsPlot({ rows }: SpeedResults): Plot {
  const bars = allPaths.flatMap(({ id, title, floor, aim }) => {
    const row = rows.find(({ server, path, logged }) => server === 'gateway' && path === id && !logged);
    return row === undefined ? [] : [{ name: title, value: ratioOf(row), least: floor, aim }];
  });
  return { title: 'The gateway, by path: share of raw node:http', bars };
}

function peersPlot({ rows }: SpeedResults): Plot {
  const bars = rows
    .filter(({ path, logged }) => path === 'graphql-post' && !logged)
    .map((row) => ({ name: speedPeers[row.server] ?? 'This gateway', value: ratioOf(row) }));
  return { title: 'The page by GraphQL POST, by server: share of raw node:http', bars };
}
