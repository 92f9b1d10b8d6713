import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

describe('architecture', () => {
  it('has no import that points upward or around in a circle, types included', async () => {
    const cruise = await run('npx', [
      'depcruise',
      'src',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'err',
    ]).catch((failure) => failure);
    expect(cruise.stdout).toContain('no dependency violations found');
  }, 60_000);
});
