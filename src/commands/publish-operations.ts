import { readFile, writeFile } from 'node:fs/promises';
import { readManifest, withPublished } from '../graphql/operations/manifest.js';
import { readOptions } from './command-line.js';

/** `npm run generate`, last part: adds the operations that codegen has written to the manifest of published ones. */
readOptions({
  usage: 'npm run generate',
  description: 'Adds the operations of src/graphql/generated/ to schema/manifest.json. It has no options.',
  options: {},
});

const path = 'schema/manifest.json';
const documents = JSON.parse(await readFile('src/graphql/generated/persisted-documents.json', 'utf8'));
const manifest = withPublished(readManifest(path), documents, new Date().toISOString().slice(0, 10));
await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(path);
