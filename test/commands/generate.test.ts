import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'generate-'));
});
afterEach(() => rm(directory, { recursive: true }));

/** Runs it where nothing is, so that whatever it writes is seen. */
const generate = (...args: string[]) =>
  spawnSync(process.execPath, [resolve('dist/commands/generate.js'), ...args], { cwd: directory, encoding: 'utf8' });

describe('npm run generate', () => {
  it.each([
    ['--help', 0, 'Usage: npm run generate'],
    ['--watch', 2, "Unknown option '--watch'"],
    ['schema', 2, "Unexpected argument 'schema'"],
  ])('writes nothing with %s', async (argument, code, said) => {
    const { status, stdout, stderr } = generate(argument);
    expect([status, await readdir(directory)]).toEqual([code, []]);
    expect(stdout + stderr).toContain(said);
  });

  it('writes without, and the tables of docs/api.md between their marks', async () => {
    await mkdir(join(directory, 'docs'));
    await cp('docs/api.md', join(directory, 'docs/api.md'));
    expect(generate().status).toBe(0);
    expect(await readdir(directory)).toContain('schema');
    expect(await readFile(join(directory, 'docs/api.md'), 'utf8')).toBe(await readFile('docs/api.md', 'utf8'));
  });
});
