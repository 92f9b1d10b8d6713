import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import persistedDocuments from '../src/graphql/generated/persisted-documents.json' with { type: 'json' };
import { clientDocument } from '../src/graphql/operations/client-document.js';
import { generatedFiles } from '../src/graphql/operations/generated-files.js';
import { readManifest, withoutPrefix, withPublished } from '../src/graphql/operations/manifest.js';
import { createOperations } from '../src/graphql/operations/operations.js';
import { createSchema } from '../src/graphql/schema/build-schema.js';
import { withTables } from '../src/http/openapi/api-tables.js';
import { gatewayDocument } from '../src/http/openapi/gateway-document.js';
import { registry } from '../src/sections/registry.js';

describe('generated files', () => {
  it('are those of the registry (else: npm run generate)', async () => {
    for (const [path, content] of generatedFiles(registry)) {
      expect(await readFile(path, 'utf8'), path).toBe(content);
    }
    const operations = await readdir('schema/operations');
    expect(operations.map((name) => `schema/operations/${name}`).sort()).toEqual(
      [...generatedFiles(registry).keys()].filter((path) => path.includes('operations')).sort(),
    );
  });

  it('hold the OpenAPI document (else: npm run generate)', async () => {
    const schema = createSchema(registry);
    const document = gatewayDocument({ schema, operations: createOperations(schema, registry), registry });
    expect(parse(await readFile('schema/openapi.yaml', 'utf8'))).toEqual(JSON.parse(JSON.stringify(document)));
  });

  it('hold the tables of docs/api.md (else: npm run generate)', async () => {
    const schema = createSchema(registry);
    const openApi = gatewayDocument({ schema, operations: createOperations(schema, registry), registry });
    const text = await readFile('docs/api.md', 'utf8');
    expect(withTables(text, { openApi, schema })).toBe(text);
    expect(() => withTables('', { openApi, schema })).toThrow('docs/api.md must hold');
  });

  it('hold the manifest and the typed documents of codegen.yml (else: npm run generate)', async () => {
    const codegen = promisify(execFile)('npx', ['graphql-codegen', '--config', 'codegen.yml', '--check']);
    await expect(codegen).resolves.toBeDefined();
  }, 60_000);

  it("hold the page's operation for the client (else: npm run generate)", async () => {
    const path = 'src/client/generated/homepage-document.ts';
    expect(await readFile(path, 'utf8')).toBe(clientDocument(persistedDocuments));
  });

  it('hold every present operation in the manifest of published ones (else: npm run generate)', () => {
    const names = [...generatedFiles(registry).keys()].filter((path) => path.includes('operations'));
    expect(Object.keys(persistedDocuments)).toHaveLength(names.length);
    const published = readManifest();
    expect(withPublished(published, persistedDocuments, '2000-01-01')).toEqual(published);
  });

  it('publish an operation once, and keep what was published before', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'publish-'));
    const path = join(directory, 'schema/manifest.json');
    const gone = { name: 'Gone', published: '2020-02-02', document: 'query Gone { offers { total } }' };
    await mkdir(dirname(path));
    await writeFile(path, JSON.stringify({ ['0'.repeat(64)]: gone }));
    await cp('src/graphql/generated', join(directory, 'src/graphql/generated'), { recursive: true });
    const publish = () =>
      promisify(execFile)(process.execPath, [resolve('dist/commands/publish-operations.js')], { cwd: directory });
    await publish();
    const first = await readFile(path, 'utf8');
    await publish();
    expect(await readFile(path, 'utf8')).toBe(first);
    const manifest = readManifest(path);
    const present = Object.keys(persistedDocuments).map(withoutPrefix);
    expect(Object.keys(manifest)).toEqual(['0'.repeat(64), ...present]);
    expect(manifest['0'.repeat(64)]).toEqual(gone);
    await rm(directory, { recursive: true });
  });
});
