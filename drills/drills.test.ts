import { afterAll, beforeAll, expect, it } from 'vitest';
import { drills } from './drill-registry.js';
import { createSharedProcesses, type SharedProcesses } from './support/shared-processes.js';

// Starting new processes for each drill took longer than the drills.
let processes: SharedProcesses;
beforeAll(() => {
  processes = createSharedProcesses();
});
afterAll(() => processes.close());

it.each(drills.map((drill) => [drill.name, drill] as const))(
  '%s holds in its short form',
  async (_name, { run }) => {
    const findings = await run('short', processes);
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.filter(({ passed }) => !passed)).toEqual([]);
  },
  60_000,
);
