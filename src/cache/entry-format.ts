import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EntryHeader } from './entry.js';

/** Turns values into text and back. What `decode` makes of it is what every caller gets, the one whose load it was too. */
export interface ValueCodec {
  encode(value: unknown): string;
  decode(text: string): unknown;
  /** Values are made of JSON alone: what `decode` would make of their text they are already. */
  readonly isPlain?: true;
}

export const jsonCodec: ValueCodec = {
  encode: (value) => JSON.stringify(value ?? null),
  decode: (text) => JSON.parse(text),
};

/** For values that their loads make of JSON alone. */
export const plainCodec: ValueCodec = { ...jsonCodec, isPlain: true };

/** Version of the layout: `hg2 <id>\n<header as JSON>\n<value as text>`. */
const MAGIC = 'hg2 ';
const ID_LENGTH = 20;

/** How many bytes at the start of an entry tell it from every other one. */
export const HEAD_BYTES = MAGIC.length + ID_LENGTH;

/** A header as the shared tier holds it. */
export interface SharedHeader extends EntryHeader {
  /** When its load began, or a little earlier, in the shared store's time: what processes count its age from. */
  readonly bornAt: number;
  readonly moment: NonNullable<EntryHeader['moment']>;
}

const headerSchema = z.object({
  key: z.string(),
  readAt: z.number(),
  bornAt: z.number(),
  freshMs: z.number(),
  staleMs: z.number(),
  graceMs: z.number(),
  degraded: z.boolean(),
  // Left out by entries of older versions, which read everything for each.
  partsAgeMs: z.number().default(0),
  tags: z.array(z.string()),
  moment: z.object({ incarnation: z.string(), count: z.number() }),
});

/** The name of a key in the shared tier: a hash, so that no key can be made to look like another one. */
export function storeIdOf(key: string): string {
  return createHash('sha256').update(key).digest('base64url');
}

export function headOf(bytes: Buffer | undefined): string {
  return bytes === undefined ? '' : bytes.toString('latin1', 0, HEAD_BYTES);
}

export function headOfId(id: string): string {
  return MAGIC + id;
}

export function writeEntry(header: SharedHeader, text: string): Buffer {
  const { id, ...rest } = header;
  return Buffer.from(`${MAGIC}${id}\n${JSON.stringify(rest)}\n${text}`);
}

export type ReadEntry = { header: SharedHeader; value: unknown; bytes: number } | { corrupt: string };

/** Total: for bytes of any form the answer says what is wrong with them, and nothing is thrown. */
export function readEntry(bytes: Buffer, key: string, codec: ValueCodec): ReadEntry {
  try {
    if (bytes.toString('latin1', 0, MAGIC.length) !== MAGIC) return { corrupt: 'unknown format' };
    const lineEnd = bytes.indexOf('\n', HEAD_BYTES + 1);
    if (bytes[HEAD_BYTES] !== 0x0a || lineEnd < 0) return { corrupt: 'no header' };
    const parsed = headerSchema.safeParse(JSON.parse(bytes.toString('utf8', HEAD_BYTES + 1, lineEnd)));
    if (!parsed.success) return { corrupt: 'bad header' };
    if (parsed.data.key !== key) return { corrupt: 'entry of another key' };
    const header = { id: bytes.toString('latin1', MAGIC.length, HEAD_BYTES), ...parsed.data };
    return { header, value: codec.decode(bytes.toString('utf8', lineEnd + 1)), bytes: bytes.length };
  } catch {
    return { corrupt: 'unreadable' };
  }
}
