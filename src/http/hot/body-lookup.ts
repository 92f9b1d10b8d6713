import { LRUCache } from 'lru-cache';

interface Entry<Value> {
  readonly body: Buffer;
  readonly value: Value;
}

/** Finds what was prepared for a request's body, byte for byte, without reading the body as JSON. */
export interface BodyLookup<Value> {
  get(body: Buffer): Value | undefined;
  set(body: Buffer, value: Value): void;
}

/** Bodies of one fingerprint: more are either chance, or meant to slow the lookup down. */
const MAX_ALIKE = 4;

/**
 * Comparing bytes takes .2 us where a hash takes 5 and JSON 9. The fingerprint is of the length and a few words of the body,
 * so one body's entries never answer for another's.
 */
export function createBodyLookup<Value>(options: {
  maxBytes: number;
  /** What a value takes beside its body. */
  bytesOf: (value: Value) => number;
}): BodyLookup<Value> {
  const { maxBytes, bytesOf } = options;
  const entries = new LRUCache<number, readonly Entry<Value>[]>({
    maxSize: maxBytes,
    sizeCalculation: (alike) => alike.reduce((sum, { body, value }) => sum + body.length + bytesOf(value), 0),
  });
  return {
    get: (body) => entries.get(fingerprintOf(body))?.find((entry) => entry.body.equals(body))?.value,
    set: (body, value) => {
      const fingerprint = fingerprintOf(body);
      const others = (entries.get(fingerprint) ?? []).filter((entry) => !entry.body.equals(body));
      entries.set(fingerprint, [{ body, value }, ...others.slice(0, MAX_ALIKE - 1)]);
    },
  };
}

/** Variables stand at one end of a body: the last words tell bodies of one operation apart. */
function fingerprintOf(body: Buffer): number {
  const { length } = body;
  if (length < 16) return length;
  let mixed = length;
  for (const at of [0, length >> 2, length >> 1, length - 12, length - 8, length - 4]) {
    mixed = Math.imul(mixed ^ body.readUInt32LE(Math.min(at, length - 4)), 0x9e3779b1);
  }
  return mixed;
}
