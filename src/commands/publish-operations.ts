import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { clientDocument } from '../graphql/operations/client-document.js';
import { readManifest, withPublished } from '../graphql/operations/manifest.js';
import { readOptions } from './command-line.js';

/** `npm run generate`, last part: what follows from the operations that codegen has written: the manifest, and the client's document. */
readOptions({
  usage: 'npm run generate',
  description:
    'Adds the operations of src/graphql/generated/ to schema/manifest.json, and that of the page to src/client/.',
  options: {},
});

const path = 'schema/manifest.json';
const documents = JSON.parse(await readFile('src/graphql/generated/persisted-documents.json', 'utf8'));
const manifest = withPublished(readManifest(path), documents, new Date().toISOString().slice(0, 10));
await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`);
console.log(path);

const clientPath = 'src/client/generated/homepage-document.ts';
await mkdir(dirname(clientPath), { recursive: true });
await writeFile(clientPath, clientDocument(documents));
console.log(clientPath);
