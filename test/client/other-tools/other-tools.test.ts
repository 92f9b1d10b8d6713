import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const here = import.meta.dirname;
const tool = (name: string) => join(here, 'node_modules/.bin', name);

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hg-tools-'));
  await symlink(join(here, 'node_modules'), join(directory, 'node_modules'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('openapi-typescript', () => {
  it('makes a typed client of the OpenAPI document', async () => {
    await run(tool('openapi-typescript'), [resolve('schema/openapi.yaml'), '--output', join(directory, 'gateway.ts')]);
    await writeFile(
      join(directory, 'shop.ts'),
      `import createClient from 'openapi-fetch';
       import type { paths } from './gateway.js';
       const client = createClient<paths>({ baseUrl: 'https://shop.example' });
       const { data, error } = await client.GET('/api/v1/homepage', { params: { query: { limit: 5, sections: ['offers'] } } });
       const titles: (string | undefined)[] | undefined = data?.data.sections.offers?.items?.map((item) => item.title);
       const codes: string[] | undefined = error?.errors.map(({ code }) => code);
       console.log(titles, codes);
       // @ts-expect-error there is no such section
       await client.GET('/api/v1/homepage', { params: { query: { sections: ['nothing'] } } });`,
    );
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,dom'];
    await writeFile(join(directory, 'package.json'), '{ "type": "module" }');
    await expect(run(tool('tsc'), [...options, join(directory, 'shop.ts')])).resolves.toBeDefined();
  }, 60_000);
});

describe('the compiler of Relay', () => {
  it('accepts the schema, and a query over several kinds of sections and their interface', async () => {
    await cp('schema/schema.graphql', join(directory, 'schema.graphql'));
    await mkdir(join(directory, 'src/__generated__'), { recursive: true });
    await writeFile(
      join(directory, 'src/shop.ts'),
      `import { graphql } from 'relay-runtime';
       export const query = graphql\`query shopQuery($limit: Int) {
         homepage(limit: $limit) { offers { ...shop_section items { id title } } events { ...shop_section items { id date } } }
       }\`;
       export const fragment = graphql\`fragment shop_section on Section { title total hasMore }\`;`,
    );
    await writeFile(
      join(directory, 'relay.config.json'),
      JSON.stringify({
        src: './src',
        schema: './schema.graphql',
        language: 'typescript',
        artifactDirectory: './src/__generated__',
      }),
    );
    await run(tool('relay-compiler'), ['relay.config.json'], { cwd: directory });
    expect(await readFile(join(directory, 'src/__generated__/shopQuery.graphql.ts'), 'utf8')).toContain('homepage');
  }, 60_000);
});
