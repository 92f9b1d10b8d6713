import 'reflect-metadata';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { generatedFiles } from '../graphql/generated-files.js';
import { registry } from '../sections/registry.js';

/** `npm run generate`, first half: writes what the schema and the operations follow from the registry. */
for (const [path, content] of generatedFiles(registry)) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
  console.log(path);
}
