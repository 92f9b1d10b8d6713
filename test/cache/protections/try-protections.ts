import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { copyTree } from '../../section-recipe/tree-copy.js';
import type { Protection } from './protection.js';
import { protections } from './protections.js';

const usage = `Usage: npm run test:protections -- [--only TEXT]

Takes the cache's protections away, one at a time, in a copy of the tree, and runs the cache's tests and the model on what is left.
Prints which of the two was red, and ends with 1 when neither was. --only: those whose name holds TEXT.`;

/** Schedules of the model; it stops at the first that breaks a promise. */
const MODEL_RUNS = '10000';
/** A loop that a missing protection leaves without an end is red as well. */
const LIMIT_MS = 240_000;

const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, help: { type: 'boolean' } } });

/** Whether the command fails, or has not ended by the limit. */
async function isRed(root: string, [file = '', ...args]: readonly string[]): Promise<boolean> {
  // A group of its own: npx's child would outlive it.
  const child = spawn(file, args, { cwd: root, stdio: 'ignore', detached: true });
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), LIMIT_MS);
  const [code] = await once(child, 'exit');
  clearTimeout(timer);
  return code !== 0;
}

async function main(): Promise<number> {
  if (values.help) {
    console.log(usage);
    return 0;
  }
  const copy = await copyTree();
  const tests = [
    'npx',
    'vitest',
    'run',
    '--project',
    'tests',
    'test/cache',
    '--exclude',
    '**/model.test.ts',
    '--bail=1',
  ];
  const model = ['npx', 'tsx', 'test/cache/model/run-model.ts', '--runs', MODEL_RUNS, '--seed', '20261126'];
  const without = async ({ file, code, without }: Protection): Promise<[byTests: boolean, byModel: boolean]> => {
    const path = join(copy.root, file);
    const source = await readFile(path, 'utf8');
    if (source.split(code).length !== 2) throw new Error(`${file} does not hold exactly once: ${code}`);
    await writeFile(
      path,
      source.replace(code, () => without),
    );
    try {
      return [await isRed(copy.root, tests), await isRed(copy.root, model)];
    } finally {
      await writeFile(path, source);
    }
  };
  try {
    const chosen = protections.filter(({ name }) => name.includes(values.only));
    let unseen = 0;
    console.log('| without | tests | model |\n|---|---|---|');
    for (const protection of chosen) {
      const [byTests, byModel] = await without(protection);
      if (!byTests && !byModel) unseen += 1;
      console.log(`| ${protection.name} | ${byTests ? 'red' : '-'} | ${byModel ? 'red' : '-'} |`);
    }
    console.log(`\n${chosen.length - unseen} of ${chosen.length} are noticed`);
    return unseen === 0 ? 0 : 1;
  } finally {
    await copy.remove();
  }
}

process.exitCode = await main();
