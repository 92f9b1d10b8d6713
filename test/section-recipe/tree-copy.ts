import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { RecipeStep } from './recipe.js';

const run = promisify(execFile);

export interface TreeCopy {
  readonly root: string;
  apply(step: Exclude<RecipeStep, { kind: 'run' }>): Promise<void>;
  remove(): Promise<void>;
}

/** A copy of the tree as it stands, uncommitted files included, in a repository of its own; node_modules are shared. */
export async function copyTree(): Promise<TreeCopy> {
  const root = await mkdtemp(join(tmpdir(), 'section-recipe-'));
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  const { stdout: deleted } = await run('git', ['ls-files', '-z', '--deleted']);
  const gone = new Set(deleted.split('\0'));
  for (const path of new Set(stdout.split('\0').filter((path) => path !== '' && !gone.has(path)))) {
    // A symbolic link to node_modules is not ignored as the folder is.
    if (path === 'node_modules') continue;
    await mkdir(join(root, dirname(path)), { recursive: true });
    await copyFile(path, join(root, path));
  }
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  // Biome and knip leave out what .gitignore names only inside a repository.
  await run('git', ['init', '--quiet'], { cwd: root });
  return {
    root,
    apply: async (step) => {
      const path = join(root, step.path);
      if (step.kind === 'create') return writeFile(path, step.code, { flag: 'wx' });
      const source = await readFile(path, 'utf8');
      await writeFile(path, step.kind === 'import' ? `${step.code}${source}` : withElement(source, step));
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}

/** Appends an element to the list that the file exports last. */
function withElement(source: string, { path, code }: { path: string; code: string }): string {
  const end = source.lastIndexOf('];');
  if (end < 0) throw new Error(`${path} has no list`);
  const before = source.slice(0, end).trimEnd();
  const separator = before.endsWith(',') ? '' : ',';
  return `${before}${separator} ${code.trim()}${source.slice(end)}`;
}
