import type { JWK } from 'jose';

/** Key types that RS256 and ES256 verify with. */
const keyTypes: readonly unknown[] = ['RSA', 'EC'];

/**
 * The keys of a JWK set (RFC 7517) that may verify tokens: RSA and EC ones. Symmetric keys are left out, so that none of
 * a published set can ever stand for a secret.
 * @throws TypeError when it is no JWK set, or has no such key; the message does not repeat the text
 */
export function parseJwkSet(text: string): { keys: JWK[] } {
  const keys = (parsed(text) as { keys?: unknown } | null)?.keys;
  if (!Array.isArray(keys)) throw new TypeError('not a JWK set: it has no "keys"');
  const usable = keys.filter((key: unknown): key is JWK => keyTypes.includes((key as JWK | null)?.kty));
  if (usable.length === 0) throw new TypeError('the JWK set has no RSA or EC key');
  return { keys: usable };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new TypeError('not JSON');
  }
}
