import { onDemand } from 'bson';
import { type Doc, fieldNames, InvalidUtf8, isDoc, setFieldOrder } from './bson-values.js';

const DOCUMENT = 3;
const ARRAY = 4;
const STRING = 2;
const VALUE = Buffer.from('v\0', 'latin1');

/**
 * Bytes to a stored document, for those that the bson library would change: it lists integer-like fields first, and puts U+FFFD
 * in strings that are not UTF-8. `deserialize` and `lower` decode a value of any other type. Slower than the library.
 */
export function decodeExactly(
  bytes: Uint8Array,
  deserialize: (document: Uint8Array) => Doc,
  lower: (value: unknown) => unknown,
): Doc {
  const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  function decodeString(content: Uint8Array): string | InvalidUtf8 {
    try {
      return text.decode(content);
    } catch {
      return new InvalidUtf8(Uint8Array.from(content));
    }
  }

  function valuesAt(start: number): [string, unknown][] {
    return [...onDemand.parseToElements(bytes, start)].map(([type, nameOffset, nameLength, offset, length]) => {
      const name = Buffer.from(bytes.subarray(nameOffset, nameOffset + nameLength)).toString('utf8');
      return [name, valueAt(type, offset, length)];
    });
  }

  function valueAt(type: number, offset: number, length: number): unknown {
    if (type === DOCUMENT) return documentAt(offset);
    if (type === ARRAY) return valuesAt(offset).map(([, value]) => value);
    if (type === STRING) return decodeString(bytes.subarray(offset + 4, offset + length - 1));
    const alone = framed([Buffer.from([type]), VALUE, bytes.subarray(offset, offset + length)]);
    return lower(deserialize(alone).v);
  }

  function documentAt(start: number): Doc {
    const entries = valuesAt(start);
    const document: Doc = Object.fromEntries(entries);
    setFieldOrder(
      document,
      entries.map(([name]) => name),
    );
    return document;
  }

  return documentAt(0);
}

/** The counterpart of `decodeExactly`; `serialize` encodes a document with one value of any other type. */
export function encodeExactly(document: Doc, serialize: (document: Doc) => Uint8Array): Uint8Array {
  function element(name: string, value: unknown): Uint8Array {
    const named = (type: number, content: Uint8Array): Buffer =>
      Buffer.concat([Buffer.from([type]), Buffer.from(`${name}\0`, 'utf8'), content]);
    if (Array.isArray(value)) return named(ARRAY, framed(value.map((one, i) => element(String(i), one))));
    if (isDoc(value)) return named(DOCUMENT, encodeFields(value));
    if (value instanceof InvalidUtf8) return named(STRING, framedString(value.bytes));
    // The document's length, the value's type and its name `v` come before the value, and a zero after it.
    const alone = serialize({ v: value });
    return named(alone[4] ?? 0, alone.subarray(7, alone.byteLength - 1));
  }

  function encodeFields(fields: Doc): Buffer {
    return framed(fieldNames(fields).map((name) => element(name, fields[name])));
  }

  return encodeFields(document);
}

function framed(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((total, part) => total + part.byteLength, 5);
  const head = Buffer.alloc(4);
  head.writeInt32LE(length, 0);
  return Buffer.concat([head, ...parts, Buffer.alloc(1)], length);
}

function framedString(content: Uint8Array): Buffer {
  const head = Buffer.alloc(4);
  head.writeInt32LE(content.byteLength + 1, 0);
  return Buffer.concat([head, content, Buffer.alloc(1)]);
}
