import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPlots } from '../../bench/load-test/load-plots.js';
import type { UserSample } from '../../bench/load-test/run-users.js';
import { percentile, reportOf, sliceSecondsOf, slicesOf, thresholds } from '../../bench/load-test/summary.js';
import { drawLines } from '../../bench/report/line-plots.js';
import { startProcess } from '../support/servers/running-process.js';

const sample = (tookMs: number, changes: Partial<UserSample> = {}): UserSample => ({
  ...{ at: 0, tookMs, status: 200, bytes: 1024, fromCache: true },
  ...changes,
});

const hasPeers = existsSync('bench/peers/node_modules/.package-lock.json');

describe('the judgement of a load test', () => {
  it('takes percentiles, hits and errors', () => {
    expect(percentile([1, 2, 3, 4], 0.5)).toBe(3);
    const good = Array.from({ length: 100 }, () => sample(20));
    expect(thresholds(good).every(({ isMet }) => isMet)).toBe(true);
    const missed = (samples: UserSample[]) => thresholds(samples).flatMap(({ name, isMet }) => (isMet ? [] : [name]));
    expect(missed([...good, ...Array.from({ length: 10 }, () => sample(600))])).toEqual(['P95']);
    expect(
      missed([...good, ...Array.from({ length: 2 }, () => sample(1, { status: 503, fromCache: undefined }))]),
    ).toEqual(['errors']);
    expect(missed(good.map((one, index) => ({ ...one, fromCache: index > 40 })))).toEqual(['cache hit rate']);
    expect(missed([sample(1, { status: 0 })])).toContain('errors');
  });

  it('is written down over time', () => {
    const samples = [sample(10), sample(30, { status: 429 }), sample(5, { at: 1500 })];
    const slices = slicesOf({ samples, seconds: 2, memoryMiB: new Map([[0, 120]]) });
    const images = [{ title: 'Latency', file: 'a report-latency.svg' }];
    const report = reportOf({ title: 'Load', samples, slices, images });
    expect(report).toContain('Statuses: 200: 2, 429: 1');
    expect(report).toContain('| 0 | 2 | 1 | 30.0 | 30.0 | 30.0 | 120 |\n| 1 | 1 | 0 | 5.0 | 5.0 | 5.0 |  |');
    expect(report).toContain('![Latency](a%20report-latency.svg)');
  });
});

describe('the slices of a run', () => {
  it('are ten seconds long, and shorter in a short run', () => {
    expect([1, 30, 31, 120, 300, 86_400].map(sliceSecondsOf)).toEqual([1, 1, 2, 4, 10, 10]);
  });

  it('hold every second of it, the last one too', () => {
    const slices = slicesOf({ samples: [sample(1, { at: 304_000 })], seconds: 305, memoryMiB: new Map() });
    expect(slices).toHaveLength(31);
    expect(slices.at(-1)).toMatchObject({ second: 300, seconds: 5, requests: 1 });
  });
});

describe('the plots of a load test', () => {
  const plotted = (samples: UserSample[], memoryMiB = new Map([[0, 100]])) =>
    new Map(loadPlots(slicesOf({ samples, seconds: 60, memoryMiB })).map(({ name, plot }) => [name, plot]));
  const linesIn = (samples: UserSample[], name: string) =>
    (plotted(samples).get(name)?.parts ?? []).map(({ lines }) => lines.map((line) => [line.name, line.points[0]]));

  it('show each status but 200 as a line of its own, on a scale of its own', () => {
    const good = Array.from({ length: 1000 }, () => sample(1));
    const bad = [sample(1, { status: 503 }), sample(1, { status: 0 }), sample(1, { status: 304 })];
    expect(linesIn([...good, ...bad], 'statuses')).toEqual([
      [
        ['requests', [0, 501.5]],
        ['200', [0, 500]],
      ],
      [
        ['no answer', [0, 0.5]],
        ['304', [0, 0.5]],
        ['503', [0, 0.5]],
      ],
    ]);
    expect(linesIn(good, 'statuses')).toEqual([[['200', [0, 500]]]]);
  });

  it('show percentiles, and a gap where nothing was answered', () => {
    const samples = [...Array.from({ length: 98 }, () => sample(2)), sample(50), sample(90), sample(7, { at: 4000 })];
    const [part] = plotted(samples).get('latency')?.parts ?? [];
    expect(part?.lines.map(({ name, points }) => [name, points.slice(0, 3).map(([, value]) => value)])).toEqual([
      ['P50', [2, null, 7]],
      ['P95', [2, null, 7]],
      ['P99', [90, null, 7]],
    ]);
  });

  it('have none of memory that could not be read', () => {
    expect([...plotted([sample(1)]).keys()]).toEqual(['latency', 'statuses', 'memory']);
    expect([...plotted([sample(1)], new Map()).keys()]).toEqual(['latency', 'statuses']);
  });

  it.skipIf(!hasPeers)('are drawn (skipped without npm ci --prefix bench/peers)', () => {
    const plots = loadPlots(slicesOf({ samples: [sample(1, { status: 503 })], seconds: 60, memoryMiB: new Map() }));
    const [latency = '', statuses = ''] = drawLines(plots.map(({ plot }) => plot));
    for (const svg of [latency, statuses]) expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
    expect(latency).toContain('>P95</text>');
    expect(statuses).toContain('>503</text>');
  });
});

describe('npm run load', () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'load-'));
  });
  afterAll(() => rm(directory, { recursive: true }));

  it('asks a gateway, and says whether the aims are met', async () => {
    const gateway = startProcess('node', ['dist/main.js'], {
      PORT: '0',
      RATE_LIMIT_MAX: '0',
      LOG_LEVEL: 'warn',
      DRAIN_MS: '0',
    });
    const [, url = ''] = await gateway.printed(/(http:\/\/localhost:\d+)\/graphql/);
    const report = join(directory, 'report.md');
    const args = ['--url', url, '--users', '5', '--seconds', '1', '--think', '100', '--report', report];
    // Installs nothing for a test: where the charting library is missing, the report says that it has no plots.
    const load = startProcess('npx', ['tsx', 'bench/load-test/load-command.ts', ...args], {
      npm_config_offline: 'true',
      npm_config_cache: join(directory, 'cache'),
    });
    await load.ended;
    gateway.child.kill('SIGKILL');
    expect(load.output()).toMatch(/met {4}errors: 0\.00 %/);
    const text = await readFile(report, 'utf8');
    expect(text).toContain('# Load: 5 users for 1 s');
    const shown = [...text.matchAll(/!\[.+\]\((.+)\)/g)].map(([, file = '']) => file);
    const wanted = ['latency', 'statuses', 'memory'].map((name) => `report-${name}.svg`);
    if (hasPeers) expect(shown).toEqual(wanted);
    else expect(load.output().includes('The report has no plots: ')).toBe(shown.length === 0);
    for (const file of shown) expect(await readFile(join(directory, file), 'utf8')).toMatch(/^<svg /);
  }, 60_000);
});
