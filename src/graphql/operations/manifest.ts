import { readFileSync } from 'node:fs';
import { parse } from 'graphql';
import { z } from 'zod';

const publishedOperation = z.strictObject({
  name: z.string(),
  /** The day on which the operation first stood in the manifest, ISO 8601. */
  published: z.iso.date(),
  document: z.string(),
});

const manifest = z.record(z.string().regex(/^[0-9a-f]{64}$/), publishedOperation);

/** Every operation that was ever published, by the sha256 of its document (hexadecimal). */
export type Manifest = Readonly<Record<string, z.infer<typeof publishedOperation>>>;

/** Of this project, seen from `src/` and from `dist/`. */
const MANIFEST_FILE = new URL('../../../schema/manifest.json', import.meta.url);

/** @throws when the file is missing, or holds anything else than operations */
export function readManifest(path: string | URL = MANIFEST_FILE): Manifest {
  return manifest.parse(JSON.parse(readFileSync(path, 'utf8')));
}

/**
 * The manifest with those documents in it that it lacks. Nothing is taken out: clients of an earlier release may send the
 * hash of an operation that is generated differently today.
 * @param documents of the present operations, by hash (`sha256:...`), as codegen writes them
 * @param today ISO 8601, for those that are new
 */
export function withPublished(known: Manifest, documents: Readonly<Record<string, string>>, today: string): Manifest {
  const added = Object.entries(documents)
    .map(([id, document]) => [withoutPrefix(id), document] as const)
    .filter(([hash]) => known[hash] === undefined)
    .map(([hash, document]) => [hash, { name: operationName(document), published: today, document }] as const);
  return { ...known, ...Object.fromEntries(added) };
}

/** A hash as the manifest has it: a document id of GraphQL over HTTP (appendix A) begins with `sha256:`. */
export const withoutPrefix = (documentId: string): string => documentId.replace(/^sha256:/, '');

function operationName(document: string): string {
  const names = parse(document).definitions.map((node) =>
    node.kind === 'OperationDefinition' ? node.name?.value : '',
  );
  return names.find(Boolean) ?? 'unnamed';
}
