import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { SingleBar } from 'cli-progress';
import { readOptions } from '../../src/commands/command-line.js';
import { drawLines } from '../report/line-plots.js';
import { installPeers } from '../support/peers.js';
import { loadPlots } from './load-plots.js';
import { runUsers, type UserSample } from './run-users.js';
import { isError, percentile, reportOf, sliceSecondsOf, slicesOf, thresholds } from './summary.js';

/** `npm run load`: users who ask for the page again and again, and whether they are served as the shop's owner wants. */
const options = readOptions({
  usage: 'npm run load -- [--url URL] [--users N] [--seconds N] [--think N] [--token TOKEN] [--report FILE]',
  description:
    'Sends the page requests of many users to a gateway, and writes a report. Exit code 1 when an aim is missed: P50 250 ms, P95 500 ms,\n' +
    'P99 800 ms, 80 % from the cache, less than 1 % errors. One machine is one client: the gateway needs RATE_LIMIT_MAX=0.',
  options: {
    url: {
      pattern: /^https?:\/\/[^/]+$/,
      optional: true,
      allowed: 'an origin',
      description: 'the gateway; http://localhost:5000 when left out',
    },
    users: { min: 1, max: 10_000, default: 100, description: 'how many there are' },
    seconds: { min: 1, max: 86_400, default: 300, description: 'for how long' },
    think: { min: 0, max: 60_000, default: 1000, description: 'milliseconds that a user looks at a page' },
    token: { pattern: /^\S+$/, optional: true, allowed: 'a token', description: 'of a user who signs in' },
    report: {
      pattern: /\.md$/,
      optional: true,
      allowed: 'a file ending in .md',
      description:
        'where the report goes; its plots lie beside it (FILE-latency.svg, FILE-statuses.svg, FILE-memory.svg);\n' +
        `${' '.repeat(17)}load-report.md when left out`,
    },
  },
});
const { url = 'http://localhost:5000', users, seconds, think: thinkMs, token, report = 'load-report.md' } = options;
/** What the line that grows says of latency is that of the last ten seconds. */
const RECENT_MS = 10_000;

/** Of the gateway, by its metrics; undefined where they cannot be read from here. */
async function memoryMiB(): Promise<number | undefined> {
  const response = await fetch(`${url}/metrics`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(await response.text()) ?? [];
  return bytes === undefined ? undefined : Number(bytes) / 2 ** 20;
}

const samples: UserSample[] = [];
/** By slice. */
const memory = new Map<number, number>();
const bar = new SingleBar({
  format: '{bar} {value}/{total} s  {requests} requests, {errors} errors, P95 {p95} ms',
  noTTYOutput: true,
  notTTYSchedule: 30_000,
});
bar.start(seconds, 0, { requests: 0, errors: 0, p95: '0' });
const startedAt = performance.now();
let slice = 0;
const readMemory = async (index: number) => {
  const value = await memoryMiB();
  if (value !== undefined) memory.set(index, value);
};
const slicing = setInterval(() => void readMemory(slice++), sliceSecondsOf(seconds) * 1000);
const showing = setInterval(() => {
  const elapsedMs = performance.now() - startedAt;
  const recent = samples.filter(({ at }) => at >= elapsedMs - RECENT_MS).map(({ tookMs }) => tookMs);
  bar.update(Math.min(seconds, Math.round(elapsedMs / 1000)), {
    requests: samples.length,
    errors: samples.filter(isError).length,
    p95: percentile(
      recent.sort((a, b) => a - b),
      0.95,
    ).toFixed(1),
  });
}, 1000);
await runUsers({ url, users, seconds, thinkMs, token, onSample: (sample) => samples.push(sample) });
clearInterval(slicing);
clearInterval(showing);
bar.stop();
// The last slice ends with the run.
await readMemory(slice);
const title = `Load: ${users} users for ${seconds} s against ${url}`;
const slices = slicesOf({ samples, seconds, memoryMiB: memory });
// First without the plots: what draws them may have to be installed.
await writeFile(report, reportOf({ title, samples, slices, images: [] }));
try {
  installPeers();
  const plots = loadPlots(slices);
  const drawn = drawLines(plots.map(({ plot }) => plot));
  const fileOf = (name: string) => report.replace(/\.md$/, `-${name}.svg`);
  const images = plots.map(({ name, plot }) => ({ title: plot.title, file: basename(fileOf(name)) }));
  await Promise.all(plots.map(({ name }, index) => writeFile(fileOf(name), drawn[index] ?? '')));
  await writeFile(report, reportOf({ title, samples, slices, images }));
} catch (error) {
  console.log(`The report has no plots: ${error instanceof Error ? error.message.split('\n')[0] : error}`);
}
for (const { name, limit, value, isMet } of thresholds(samples)) {
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${name}: ${value} (${limit})`);
}
console.log(`Report: ${report}`);
process.exitCode = thresholds(samples).every(({ isMet }) => isMet) ? 0 : 1;
