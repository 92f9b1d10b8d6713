import { LRUCache } from 'lru-cache';
import type { CacheResult } from '../../cache/ask.js';
import type { PageMetadata } from '../homepage.js';
import type { PreparedOperation } from '../prepared/prepared-operation.js';
import type { SectionValue } from '../sources/section-source.js';
import type { Piece } from './compression.js';
import type { Fragments } from './fragments.js';
import { weakEtag } from './weak-etag.js';

/** A page's sections, in the order of its prepared page, and its metadata at this moment. */
export interface ServedPage {
  readonly answers: readonly CacheResult<SectionValue>[];
  readonly metadata: PageMetadata;
}

export interface PageBytes {
  readonly pieces: readonly [Piece, ...Piece[]];
  readonly length: number;
  /** Weak (RFC 9110, 8.8.3): over the content, which is everything but metadata and the time of reading. */
  readonly etag: string;
}

/**
 * Puts an answer together: what stands between two pieces of metadata is merged into one buffer, which is used again as long
 * as the same entries are served. It is compared with the entries each time, so nothing has to invalidate it.
 */
export interface PageWriter {
  /** @param owner whose answer it is: a merged buffer of one user is never looked up for another */
  write(operation: PreparedOperation, pages: readonly ServedPage[], owner: string): PageBytes;
}

/** Bytes of merged buffers and their compressed forms. */
const MAX_MERGED_BYTES = 33_554_432;
/** A compressed form is about a fifth of the text; both of them, and the strings of the fragments. */
const BYTES_PER_BYTE = 1.5;

interface Merged {
  /** By page and section: a buffer is good for these values only. */
  readonly values: readonly unknown[];
  /** Buffers, and between them metadata. */
  readonly pieces: readonly (Piece | Metadata)[];
  readonly bytes: number;
  readonly etag: string;
}

interface Metadata {
  readonly page: number;
  readonly write: (metadata: PageMetadata) => string;
  /** Short text behind it, which is not worth a piece of its own. */
  after: string;
}

const SHORT_TEXT = 256;

export function createPageWriter(options: { fragments: Fragments; maxBytes?: number }): PageWriter {
  const { fragments, maxBytes = MAX_MERGED_BYTES } = options;
  const merged = new LRUCache<string, Merged>({
    maxSize: maxBytes,
    sizeCalculation: ({ bytes }) => Math.ceil(bytes * BYTES_PER_BYTE) + 500,
  });

  const merge = (operation: PreparedOperation, pages: readonly ServedPage[]): Merged => {
    const pieces: Merged['pieces'][number][] = [];
    const content: string[] = [];
    let text = '';
    let bytes = 0;
    const close = () => {
      const before = pieces.at(-1);
      if (before !== undefined && 'write' in before && text.length <= SHORT_TEXT) {
        before.after = text;
        text = '';
      }
      if (text === '') return;
      const piece: Piece = { bytes: Buffer.from(text), repeats: true };
      bytes += piece.bytes.length;
      pieces.push(piece);
      text = '';
    };
    for (const part of operation.parts) {
      if (typeof part === 'string') {
        text += part;
        content.push(part);
      } else if ('write' in part) {
        close();
        pieces.push({ page: part.page, write: part.write, after: '' });
        content.push('null');
      } else {
        const page = operation.pages[part.page];
        const answer = page && pages[part.page]?.answers[page.sections.indexOf(part.section)];
        if (page === undefined || answer === undefined) throw new TypeError(`${part.section.id} was not served`);
        const fragment = fragments.of(part.section, answer, page.limit, part.selection);
        text += fragment.text;
        content.push(fragment.content());
      }
    }
    close();
    const values = pages.flatMap(({ answers }) => answers.map(({ value }) => value));
    return { values, pieces, bytes, etag: weakEtag(content) };
  };

  return {
    write: (operation, pages, owner) => {
      const key = `${operation.id} ${owner}`;
      let found = merged.get(key);
      if (found === undefined || !isOf(found, pages)) {
        found = merge(operation, pages);
        merged.set(key, found);
      }
      let length = 0;
      const pieces = found.pieces.map((piece): Piece => {
        const written = 'write' in piece ? metadataPiece(piece, pages) : piece;
        length += written.bytes.length;
        return written;
      });
      const [first, ...rest] = pieces;
      if (first === undefined) throw new TypeError('an operation without parts');
      return { pieces: [first, ...rest], length, etag: found.etag };
    },
  };
}

function metadataPiece({ page, write, after }: Metadata, pages: readonly ServedPage[]): Piece {
  const metadata = pages[page]?.metadata;
  if (metadata === undefined) throw new TypeError('a page without metadata');
  return { bytes: Buffer.from(write(metadata) + after), repeats: false };
}

function isOf({ values }: Merged, pages: readonly ServedPage[]): boolean {
  let index = 0;
  for (const { answers } of pages) {
    for (const { value } of answers) {
      if (values[index] !== value) return false;
      index += 1;
    }
  }
  return index === values.length;
}
