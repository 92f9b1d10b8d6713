import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import manifest from '../src/graphql/generated/persisted-documents.json' with { type: 'json' };
import { generatedFiles } from '../src/graphql/operations/generated-files.js';
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

  it('hold the manifest and the typed documents of codegen.yml (else: npm run generate)', async () => {
    const codegen = promisify(execFile)('npx', ['graphql-codegen', '--config', 'codegen.yml', '--check']);
    await expect(codegen).resolves.toBeDefined();
  }, 60_000);

  it('name every operation by the sha256 of its document', () => {
    const entries = Object.entries(manifest);
    expect(entries).toHaveLength(6);
    for (const [hash, document] of entries)
      expect(`sha256:${createHash('sha256').update(document).digest('hex')}`).toBe(hash);
  });
});
