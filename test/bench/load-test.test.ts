import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserSample } from '../../bench/load-test/run-users.js';
import { percentile, reportOf, sliceOf, thresholds } from '../../bench/load-test/summary.js';
import { startProcess } from '../support/servers/running-process.js';

const sample = (tookMs: number, changes: Partial<UserSample> = {}): UserSample => ({
  ...{ at: 0, tookMs, status: 200, bytes: 1024, fromCache: true },
  ...changes,
});

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
    const samples = [sample(10), sample(30, { status: 429 })];
    const report = reportOf({ title: 'Load', samples, slices: [sliceOf(0, samples, 120)] });
    expect(report).toContain('Statuses: 200: 1, 429: 1');
    expect(report).toContain('| 0 | 2 | 1 | 30.0 | 30.0 | 30.0 | 120 |');
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
    const load = startProcess('npx', ['tsx', 'bench/load-test/load-command.ts', ...args]);
    await load.ended;
    gateway.child.kill('SIGKILL');
    expect(load.output()).toMatch(/met {4}errors: 0\.00 %/);
    expect(await readFile(report, 'utf8')).toContain('# Load: 5 users for 1 s');
  });
});
