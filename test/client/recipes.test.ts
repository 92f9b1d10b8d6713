import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { buildTestApp, type TestApp } from '../support/app/build-test-app.js';
import { fetchFrom } from '../support/app/fetch-app.js';
import { type Shop, startShop } from '../support/data/shop-documents.js';
import { createFakeClock } from '../support/fake-clock.js';

const text = await readFile('docs/clients.md', 'utf8');
const recipesIn = (language: string) =>
  [...text.matchAll(new RegExp(`<!-- recipe: (.+) -->\\n\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(
    ([, name = '', code = '']) => ({ name, code }),
  );
const recipes = recipesIn('ts');
const commands = recipesIn('sh');
/** Below node_modules, where neither the compiler nor git look; packages are found from there as from the project. */
const directory = resolve('node_modules/.recipes');

const clock = createFakeClock();
let shop: Shop;
let app: TestApp;
let title: string;
beforeAll(async () => {
  shop = await startShop({ now: clock.now(), products: 100 });
  app = await buildTestApp(shop.uri, { clock });
  const { body } = await app
    .inject({ method: 'GET', url: '/api/v1/homepage?sections=offers&limit=5' })
    .then(({ text }) => ({
      body: JSON.parse(text) as { data: { sections: { offers: { items: { title: string }[] } } } },
    }));
  title = body.data.sections.offers.items[0]?.title ?? '';
  await mkdir(directory, { recursive: true });
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await app.close();
  await shop.close();
  await rm(directory, { recursive: true });
});

it('has a recipe for every client that it names', () => {
  expect([...recipes, ...commands].map(({ name }) => name).sort()).toEqual(
    [...text.matchAll(/<!-- recipe: (.+) -->/g)].map(([, name]) => name).sort(),
  );
  expect(recipes.length).toBeGreaterThan(4);
});

it.each(recipes)('$name gets the page', async ({ name, code }) => {
  expect(title).not.toBe('');
  const logged: unknown[] = [];
  vi.stubGlobal('fetch', fetchFrom(app));
  vi.spyOn(console, 'log').mockImplementation((...parts: unknown[]) => void logged.push(parts.join(' ')));
  const file = resolve(directory, `${name.replaceAll(' ', '-')}.ts`);
  await writeFile(file, code);
  await import(/* @vite-ignore */ file);
  vi.restoreAllMocks();
  expect(logged.join()).toContain(title);
});

it.each(commands)('$name gets the page', async ({ code }) => {
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    code.replaceAll('https://shop.example', await app.origin()),
  ]);
  expect(stdout).toContain(title);
});
