import { createHash } from 'node:crypto';

/** Of the content of an answer, in pieces or whole. Weak, since one content has several encodings (RFC 9110, 8.8.1). */
export function weakEtag(pieces: readonly string[]): string {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return `W/"${hash.digest('base64url')}"`;
}
