import { parseArgs } from 'node:util';
import { benchCalls } from './calls.js';
import { runDashboard } from './dashboard/run-dashboard.js';
import { drawPlots } from './report/plots.js';
import { report } from './report/report.js';
import { readResults } from './report/results.js';
import { runScenarios } from './scenarios/run-scenarios.js';
import { fallsSince } from './speed/check-speed.js';
import { runSpeed } from './speed/run-speed.js';

interface Benchmark {
  readonly summary: string;
  run(): Promise<void>;
}

const benchmarks: Readonly<Record<string, Benchmark>> = {
  speed: {
    summary: 'every path of the page, and other servers, beside raw node:http (when no name is given)',
    run: async () => {
      const speed = await runSpeed({ short: false, command: 'npm run bench' });
      drawPlots(speed);
      report({ speed });
    },
  },
  check: {
    summary: 'the same, compared with the committed figures: fails when one fell by more than a tenth',
    run: async () => {
      const { speed } = readResults();
      if (speed === undefined) throw new Error('bench/results.json holds no figures: run npm run bench first');
      const falls = fallsSince(speed, await runSpeed({ short: false, command: 'npm run bench -- check' }));
      if (falls.length > 0) process.exitCode = 1;
      console.log(falls.length === 0 ? `Nothing fell since ${speed.origin.commit}.` : falls.join('\n'));
    },
  },
  scenarios: {
    summary: 'what this gateway and other caches do when something fails',
    run: async () => report({ scenarios: await runScenarios({ command: 'npm run bench -- scenarios' }) }),
  },
  dashboard: {
    summary:
      'a picture of the dashboard: its queries, asked of a Prometheus that watches gateways while Redis and the database fail',
    run: () => runDashboard({ command: 'npm run bench -- dashboard' }),
  },
  calls: { summary: "calls of the gateway's own functions for one request that memory answers", run: benchCalls },
};

/** Every path and server answers the same; times are not looked at, and no file is written. */
async function runShort(): Promise<void> {
  const { rows, notes } = await runSpeed({ short: true, command: 'npm run bench -- --short' });
  const failed = rows.filter((row) => row.failed > 0);
  if (failed.length > 0) process.exitCode = 1;
  for (const note of notes) console.log(note);
  for (const row of failed) console.log(`${row.server} ${row.path}: ${row.failed} of ${row.requests} failed`);
  console.log(`${rows.length} rows, ${rows.reduce((sum, row) => sum + row.requests, 0)} requests`);
}

const usage = `Usage: npm run bench [-- <name>]

${Object.entries(benchmarks)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join('\n')}
  --short    a fifth of a second for each path and server, to see that all answer the same`;

// An exit, unlike a signal's end, ends the servers that were started.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const { values, positionals } = parseArgs({
  options: { short: { type: 'boolean', default: false } },
  allowPositionals: true,
  strict: false,
});
const [name = 'speed', ...rest] = positionals;
const benchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const known = Object.keys(values).every((option) => option === 'short');
if (benchmark === undefined || rest.length > 0 || !known || (values['short'] === true && positionals.length > 0)) {
  console.error(usage);
  process.exitCode = 2;
} else {
  await (values['short'] === true ? runShort() : benchmark.run());
}
