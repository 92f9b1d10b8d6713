import { writeFile } from 'node:fs/promises';
import { SingleBar } from 'cli-progress';
import { readOptions } from '../../src/commands/command-line.js';
import { runUsers, type UserSample } from './run-users.js';
import { isError, reportOf, type Slice, sliceOf, thresholds } from './summary.js';

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
      description: 'where the report goes; load-report.md when left out',
    },
  },
});
const { url = 'http://localhost:5000', users, seconds, think: thinkMs, token, report = 'load-report.md' } = options;
const SLICE_MS = 10_000;

/** Of the gateway, by its metrics; undefined where they cannot be read from here. */
async function memoryMiB(): Promise<number | undefined> {
  const response = await fetch(`${url}/metrics`).catch(() => undefined);
  if (!response?.ok) return undefined;
  const [, bytes] = /^process_resident_memory_bytes (\S+)$/m.exec(await response.text()) ?? [];
  return bytes === undefined ? undefined : Number(bytes) / 2 ** 20;
}

const samples: UserSample[] = [];
const slices: Slice[] = [];
const bar = new SingleBar({
  format: '{bar} {value}/{total} s  {requests} requests, {errors} errors, P95 {p95} ms',
  noTTYOutput: true,
  notTTYSchedule: 30_000,
});
bar.start(seconds, 0, { requests: 0, errors: 0, p95: '0' });
const startedAt = performance.now();
const slicing = setInterval(async () => {
  const since = slices.length * SLICE_MS;
  const slice = sliceOf(
    since / 1000,
    samples.filter(({ at }) => at >= since && at < since + SLICE_MS),
    await memoryMiB(),
  );
  slices.push(slice);
}, SLICE_MS);
const showing = setInterval(() => {
  const [last] = slices.slice(-1);
  const elapsed = Math.min(seconds, Math.round((performance.now() - startedAt) / 1000));
  bar.update(elapsed, {
    requests: samples.length,
    errors: samples.filter(isError).length,
    p95: last?.p95.toFixed(1) ?? '…',
  });
}, 1000);
await runUsers({ url, users, seconds, thinkMs, token, onSample: (sample) => samples.push(sample) });
clearInterval(slicing);
clearInterval(showing);
bar.stop();
const title = `Load: ${users} users for ${seconds} s against ${url}`;
await writeFile(report, reportOf({ title, samples, slices }));
for (const { name, limit, value, isMet } of thresholds(samples)) {
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${name}: ${value} (${limit})`);
}
console.log(`Report: ${report}`);
process.exitCode = thresholds(samples).every(({ isMet }) => isMet) ? 0 : 1;
