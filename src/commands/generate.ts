import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedFiles } from '../graphql/operations/generated-files.js';
import { registry } from '../sections/registry.js';
import { readOptions } from './command-line.js';

/** `npm run generate`, first half: writes what the schema and the operations follow from the registry. */
readOptions({
  usage: 'npm run generate',
  description: 'Writes schema/ and src/graphql/generated/ from the section registry. It has no options.',
  options: {},
});

for (const [path, content] of generatedFiles(registry)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  console.log(path);
}
