import { LRUCache } from 'lru-cache';
import type { Selection } from '../fragments/selection.js';
import type { Part } from './prepared-operation.js';

/** The parts of an operation, and what they take in memory beside those of others. */
export interface SharedParts {
  readonly parts: readonly Part[];
  /** Estimated; next to nothing when other operations have the same. */
  readonly bytes: number;
}

const MAX_BYTES = 4_194_304;
/** A selected field, with its place in a list and in the text of its selection (measured on Node 20). */
const BYTES_PER_FIELD = 160;

/**
 * Operations that differ by place, limit or the text of their request have the same parts, and those of a page take about 20 KB:
 * they are kept once, for the operations seen last.
 */
export function createPartSharing({ maxBytes = MAX_BYTES } = {}): (parts: readonly Part[]) => SharedParts {
  const known = new LRUCache<string, SharedParts>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  return (parts) => {
    const name = parts.map(nameOf).join('\n');
    const found = known.get(name);
    if (found !== undefined) return { parts: found.parts, bytes: 0 };
    const shared = { parts, bytes: 2 * name.length + parts.reduce((sum, part) => sum + bytesOf(part), 0) };
    known.set(name, shared);
    return shared;
  };
}

/** Parts of one name write the same. Section ids have no spaces, and no text that stands by itself begins with one. */
function nameOf(part: Part): string {
  if (typeof part === 'string') return part;
  return 'selection' in part ? ` ${part.page} ${part.section.id} ${part.selection.id}` : ` ${part.page} ${part.id}`;
}

const bytesOf = (part: Part): number =>
  typeof part === 'string' || !('selection' in part) ? BYTES_PER_FIELD : fieldsOf(part.selection) * BYTES_PER_FIELD;

const fieldsOf = ({ fields }: Selection): number =>
  fields.reduce((sum, { below }) => sum + 1 + (below === undefined ? 0 : fieldsOf(below)), 1);
