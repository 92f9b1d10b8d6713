import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** One change that the recipe asks for, or the commands that it ends with. */
export type RecipeStep =
  | { kind: 'create'; path: string; code: string }
  | { kind: 'import'; path: string; code: string }
  | { kind: 'list'; path: string; code: string }
  | { kind: 'run'; commands: string[] };

export const variants = ['plain', 'located', 'personal'] as const;
export type Variant = (typeof variants)[number];

interface CodeBlock {
  /** The paragraph that stands before it. */
  text: string;
  language: string;
  code: string;
}

/**
 * The steps of README's "Adding a section", as they stand there. A variant takes the section's file and the rows of its
 * indexes from CONTRIBUTING's section of the same name, everything else from README.
 */
export async function readRecipe(root: string, variant: Variant): Promise<RecipeStep[]> {
  const plain = stepsOf(await blocksOf(join(root, 'README.md')));
  if (variant === 'plain') return plain;
  const blocks = await blocksOf(join(root, 'CONTRIBUTING.md'));
  const start = blocks.findIndex(({ text }) => text.includes(`*${variant}*`));
  if (start < 0) throw new Error(`CONTRIBUTING.md has no *${variant}* section`);
  const own = stepsOf(blocks.slice(start, start + 2));
  const renamed = renaming(fileOf(plain), fileOf(own));
  return [
    ...own.filter(({ kind }) => kind === 'create'),
    ...plain.filter(({ kind }) => kind === 'import').map(renamed),
    ...plain.filter((step) => step.kind === 'list' && step.path.includes('registry')).map(renamed),
    ...own.filter(({ kind }) => kind === 'list'),
    ...plain.filter(({ kind }) => kind === 'run'),
  ];
}

async function blocksOf(path: string): Promise<CodeBlock[]> {
  const chapter = /^## Adding a section\n([\s\S]*?)(?=^## )/m.exec(await readFile(path, 'utf8'))?.[1];
  if (chapter === undefined) throw new Error(`${path} has no chapter "Adding a section"`);
  return [...chapter.matchAll(/((?:.+\n)+)\n```(\w+)\n([\s\S]*?)```/g)].map(
    ([, text = '', language = '', code = '']) => ({
      text: text.replaceAll('\n', ' '),
      language,
      code,
    }),
  );
}

/** What a block is follows from its code; which file it belongs to, from the last path that its paragraph names. */
function stepsOf(blocks: readonly CodeBlock[]): RecipeStep[] {
  return blocks.flatMap(({ text, language, code }): RecipeStep[] => {
    if (language === 'sh') return [{ kind: 'run', commands: code.trim().split('\n') }];
    const path = [...text.matchAll(/`(src\/[\w/.-]+\.ts)`/g)].at(-1)?.[1];
    if (path === undefined) throw new Error(`the paragraph names no file of src/: ${text}`);
    if (code.startsWith('{')) return [{ kind: 'list', path, code }];
    if (code.includes('defineSection(')) return [{ kind: 'create', path, code }];
    const name = /import \{ (\w+) \}/.exec(code)?.[1];
    if (name === undefined || !text.includes(`\`${name}\``)) throw new Error(`nothing says what to do with ${code}`);
    return [
      { kind: 'import', path, code },
      { kind: 'list', path, code: name },
    ];
  });
}

/** The section's file, and the name that it exports. */
function fileOf(steps: readonly RecipeStep[]): { name: string; file: string } {
  const created = steps.find((step) => step.kind === 'create');
  const name = /export const (\w+)/.exec(created?.code ?? '')?.[1];
  const file = /([\w-]+)\.ts$/.exec(created?.path ?? '')?.[1];
  if (name === undefined || file === undefined) throw new Error('no block exports a section');
  return { name, file };
}

const renaming =
  (from: { name: string; file: string }, to: { name: string; file: string }) =>
  (step: RecipeStep): RecipeStep =>
    'code' in step ? { ...step, code: step.code.replaceAll(from.name, to.name).replaceAll(from.file, to.file) } : step;
