import { expect, it } from 'vitest';
import { drills } from '../../bench/drills/registry.js';

it.each(drills.map((drill) => [drill.name, drill] as const))(
  '%s holds in its short form',
  async (_name, { run }) => {
    const findings = await run('short');
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter(({ passed }) => !passed)).toEqual([]);
  },
  60_000,
);
