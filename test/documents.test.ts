import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const decisions = (await readdir('docs/decisions')).filter((name) => /^\d/.test(name)).sort();
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'drills/README.md'],
  ...[
    'docs/architecture.md',
    'docs/specification.md',
    'docs/api.md',
    'docs/cdn.md',
    'docs/migration.md',
    'docs/operations.md',
    'docs/runbook.md',
    'docs/clients.md',
    'docs/decisions/README.md',
  ],
  ...decisions.map((name) => `docs/decisions/${name}`),
];
/** A path from the root: `src/core/`, `test/page/page-key.test.ts`; of `src/demo/words/*.json` the folder counts. */
const pathPattern = /`((?:src|test|drills|bench|docs|ops|schema|\.vscode|\.ci)\/[\w./*-]*)`/g;
/** The recipes for a section name the files that they make. */
const recipePattern = /^#+ Adding a section$[\s\S]*?(?=^## )/m;
const linkPattern = /\]\((?!https?:|#)([^)#]+)/g;

describe('documents', () => {
  it.each(documents)('%s names only files that exist', async (document) => {
    const text = (await readFile(document, 'utf8')).replace(recipePattern, '');
    const paths = [...text.matchAll(pathPattern)].map(([, path = '']) => path.replace(/\/[^/]*\*.*$/, '/'));
    const links = [...text.matchAll(linkPattern)].map(([, link = '']) => join(dirname(document), link));
    expect([...paths, ...links].filter((path) => !existsSync(path))).toEqual([]);
  });

  it('name only npm scripts that exist', async () => {
    const { scripts } = JSON.parse(await readFile('package.json', 'utf8')) as { scripts: Record<string, string> };
    for (const document of documents) {
      const named = [...(await readFile(document, 'utf8')).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name);
      expect(
        named.filter((name) => scripts[name] === undefined),
        document,
      ).toEqual([]);
    }
  });

  it('number the decisions without a gap, and list each in the index', async () => {
    const index = await readFile('docs/decisions/README.md', 'utf8');
    expect(decisions.map((name) => Number(name.slice(0, 3)))).toEqual(decisions.map((_, place) => place + 1));
    for (const name of decisions) {
      const text = await readFile(`docs/decisions/${name}`, 'utf8');
      const [, title] = /^# \d{3}: (.+)\n/.exec(text) ?? [];
      const [, date] = /^_(\d{4}-\d\d-\d\d)(?:, replace[sd] (?:by )?\d{3})?_$/m.exec(text) ?? [];
      expect(index).toContain(`| [${name.slice(0, 3)}](${name}) | ${date} | ${title} |`);
    }
  });
});
