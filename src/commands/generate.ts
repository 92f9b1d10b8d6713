import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedFiles } from '../graphql/operations/generated-files.js';
import { registry } from '../sections/registry.js';
import { readOptions } from './command-line.js';

/** First half of `npm run generate`: writes the SDL and the operations, which follow from the section registry. */
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
