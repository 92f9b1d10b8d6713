import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { readRecipe, type Variant, variants } from './recipe.js';
import { copyTree, type TreeCopy } from './tree-copy.js';

/** Variants differ from the plain section in what it finds and for whom: the tests of those layers stand for the whole suite. */
const reducedCheck = [
  'npm run lint',
  'npm run types',
  'npm test -- test/generated.test.ts test/sections test/page test/graphql test/http',
];

const usage = `npm run test:section -- [${variants.join(' | ')}] [--keep]

Adds a section to a copy of the tree by README's "Adding a section" (its variants: CONTRIBUTING), and checks the copy.
Without a name: plain, with the whole check. --keep leaves the copy behind.`;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
const variant = variants.find((name) => name === (positionals[0] ?? 'plain'));
if (values.help || variant === undefined || positionals.length > 1) {
  console.log(usage);
  process.exit(values.help ? 0 : 2);
}
const startedAt = performance.now();
const seconds = () => `${Math.round((performance.now() - startedAt) / 1000)} s`;
const copy = await copyTree();
console.log(`copied the tree to ${copy.root}`);
const failed = await applyRecipe(copy, variant).finally(() => (values.keep ? undefined : copy.remove()));
if (values.keep) console.log(`kept ${copy.root}`);
console.log(
  failed === undefined
    ? `the ${variant} section leaves everything green (${seconds()})`
    : `the ${variant} section breaks: ${failed} (${seconds()})`,
);
process.exit(failed === undefined ? 0 : 1);

/** The first command that failed. */
async function applyRecipe({ root, apply }: TreeCopy, variant: Variant): Promise<string | undefined> {
  for (const step of await readRecipe(root, variant)) {
    if (step.kind !== 'run') {
      console.log(`${step.kind} in ${step.path}: ${step.code.trim().split('\n')[0]}`);
      await apply(step);
      continue;
    }
    const commands = step.commands.flatMap((command) =>
      variant !== 'plain' && command === 'npm run check' ? reducedCheck : [command],
    );
    for (const command of commands) {
      console.log(`$ ${command} (after ${seconds()})`);
      const child = spawn(command, { cwd: root, shell: true, stdio: 'inherit' });
      const [code] = await once(child, 'exit');
      if (code !== 0) return command;
    }
  }
  return undefined;
}
