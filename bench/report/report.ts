import { writeFileSync } from 'node:fs';
import { allPaths } from '../speed/measured-paths.js';
import { speedPeers } from '../speed/peer-names.js';
import { plotNames } from './plots.js';
import {
  type Origin,
  type Results,
  readResults,
  type ScenarioResults,
  type SpeedResults,
  type SpeedRow,
  type Spread,
  writeResults,
} from './results.js';

const file = new URL('../RESULTS.md', import.meta.url);

/** Writes bench/results.json, and bench/RESULTS.md from all that it then has. */
export function report(results: Results): void {
  const all = { ...readResults(), ...results };
  writeResults(all);
  const parts = [
    '# Results',
    'Written by `npm run bench` and `npm run bench -- scenarios`; change nothing here by hand. The figures stand in `results.json` as well.',
    ...(all.speed === undefined ? [] : speedPart(all.speed)),
    ...(all.scenarios === undefined ? [] : scenariosPart(all.scenarios)),
  ];
  writeFileSync(file, `${parts.join('\n\n')}\n`);
}

const originPart = ({ machine, node, commit, command, at }: Origin) =>
  table(
    ['machine', 'Node.js', 'commit', 'command', 'at'],
    [[machine, node, commit, `\`${command}\``, at.slice(0, 16).replace('T', ' ')]],
  );

function speedPart({ origin, method, rows, notes }: SpeedResults): string[] {
  return [
    '## Speed',
    `Ratios to raw \`node:http\` that answers the same bytes: 1 is as fast. ${method} Each figure is a median, with the least and the greatest. Throughput compares requests per second; CPU compares the processor time for a request, which other work on the machine disturbs less.`,
    originPart(origin),
    '### The gateway',
    'Production mode, rate limit on, everything in process memory unless the path says otherwise.',
    table(
      ['path', 'throughput', 'CPU', 'at least', 'aim', 'requests/s', 'CPU µs', 'p99 ms (raw)', 'failed'],
      allPaths.flatMap(({ id, title, floor, aim, floorLogged }) =>
        rows
          .filter(({ server, path }) => server === 'gateway' && path === id)
          .map((row) => [
            `${title}${row.logged ? ', a log line each' : ''}`,
            ...ratios(row),
            ...(row.logged ? [share(floorLogged), ''] : [share(floor), share(aim)]),
            ...costs(row),
          ]),
      ),
    ),
    ...notes,
    `![The gateway by path](plots/${plotNames.paths})`,
    '### Beside other servers',
    'The same schema, data and page, by GraphQL POST; the peers are asked without tokens and rate limits, and without a log.',
    table(
      ['server', 'throughput', 'CPU', 'requests/s', 'CPU µs', 'p99 ms (raw)', 'failed'],
      rows
        .filter(({ path, logged }) => path === 'graphql-post' && !logged)
        .map((row) => [speedPeers[row.server] ?? '**this gateway**', ...ratios(row), ...costs(row)]),
    ),
    `![Servers by GraphQL POST](plots/${plotNames.peers})`,
  ];
}

function scenariosPart({ origin, settings, summaries, rows }: ScenarioResults): string[] {
  return [
    '## Failures',
    'What caches do when something fails, on the same schema and data: the database behind a link that counts finds, delays answers and can be cut.',
    originPart(origin),
    table(
      ['server', 'set up with'],
      settings.map(([server, set]) => [server, set]),
    ),
    ...summaries.flatMap(([scenario, summary]) => [
      `### ${scenario}`,
      summary,
      table(
        ['server', 'loads', 'failed answers', 'stale as fresh', 'leaks', 'slowest ms', ''],
        rows
          .filter((row) => row.scenario === scenario)
          .map(({ server, loads, failedAnswers, staleAsFresh, leaks, slowestMs, remark }) => [
            server,
            ...[loads, failedAnswers, staleAsFresh, leaks, slowestMs].map((value) =>
              value === undefined ? '' : `${value}`,
            ),
            remark,
          ]),
      ),
    ]),
  ];
}

const ratios = ({ throughput, cpu }: SpeedRow) => [spread(throughput), spread(cpu)];
const costs = ({ perSecond, cpuMicros, p99Ms, rawP99Ms, failed }: SpeedRow) => [
  perSecond === undefined ? '' : `${Math.round(perSecond)}`,
  `${Math.round(cpuMicros)}`,
  p99Ms === undefined || rawP99Ms === undefined ? '' : `${p99Ms.toFixed(1)} (${rawP99Ms.toFixed(1)})`,
  `${failed}`,
];
const share = (value: number | undefined) => (value === undefined ? '' : value.toFixed(2));
const spread = (value: Spread | undefined) =>
  value === undefined ? '' : `${digits(value.median)} (${digits(value.min)}-${digits(value.max)})`;
const digits = (value: number) => value.toFixed(value < 0.1 ? 4 : 2);

const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
