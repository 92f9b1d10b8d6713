import { describe, expect, it } from 'vitest';
import type { SpeedResults, SpeedRow } from '../../bench/report/results.js';
import { fallsSince } from '../../bench/speed/check-speed.js';

const row = (cpu: number, given: Partial<SpeedRow> = {}): SpeedRow => ({
  ...{ server: 'gateway', path: 'rest', logged: false, cpu: { median: cpu, min: cpu, max: cpu }, cpuMicros: 1 },
  ...{ throughput: undefined, perSecond: undefined, p99Ms: undefined, rawP99Ms: undefined, requests: 1, failed: 0 },
  ...given,
});
const results = (...rows: SpeedRow[]): SpeedResults => ({
  origin: { machine: '', node: '', commit: '', command: '', at: '' },
  method: '',
  rows,
  notes: [],
});

describe('npm run bench -- check', () => {
  it('says which path fell by more than a tenth, and from what to what', () => {
    const before = results(row(0.6), row(0.5, { logged: true }));
    const falls = fallsSince(before, results(row(0.6), row(0.44, { logged: true })));
    expect(falls).toEqual([expect.stringMatching(/^rest, logged: .* fell by 12 %, from 0\.500 to 0\.440$/)]);
  });

  it('takes a tenth less for noise', () => {
    expect(fallsSince(results(row(0.6)), results(row(0.541)))).toEqual([]);
  });

  it('says which path is not measured any more', () => {
    expect(fallsSince(results(row(0.6)), results(row(0.6, { path: 'other' })))).toEqual([
      'rest: not measured any more',
    ]);
  });

  it('does not judge other servers', () => {
    expect(fallsSince(results(row(0.6, { server: 'yoga' })), results(row(0.1, { server: 'yoga' })))).toEqual([]);
  });
});
