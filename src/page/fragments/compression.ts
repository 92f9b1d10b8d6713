import { brotliCompressSync, constants, crc32, deflateRawSync } from 'node:zlib';

export type Compression = 'gzip' | 'br';

/**
 * A piece of an answer. The long ones are the same in many answers: their compressed forms are made on first demand and
 * kept with them. The short ones differ each time and are stored uncompressed.
 */
export interface Piece {
  readonly bytes: Buffer;
  readonly repeats: boolean;
  deflated?: Buffer;
  brotli?: Buffer;
  checksum?: number;
}

/** Shorter answers are not worth compressing. */
export const MIN_COMPRESSED_BYTES = 1024;
/** Level 6 compresses JSON about as well as 9 at half of the time. Both ways of an answer compress alike. */
export const GZIP_LEVEL = 6;
/** Brotli at 4 takes about as long as gzip at 6, and makes less of it. */
export const BROTLI_QUALITY = 4;

/** RFC 1952, 2.3: deflate, no flags, no time, unknown system. */
const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
/** RFC 1951, 3.2.4: a last stored block without bytes. */
const LAST_BLOCK = Buffer.from([1, 0, 0, 0xff, 0xff]);
const MAX_STORED_BYTES = 65_535;
/** RFC 7932, 9.2: a last meta-block that is empty. */
const LAST_META_BLOCK = Buffer.from([3]);
const MAX_META_BLOCK_BYTES = 65_536;

/**
 * The pieces as one gzip member (RFC 1952): each repeating piece was deflated by itself up to a full flush, after which a
 * deflate stream is on a byte boundary and refers to nothing before it.
 */
export function gzipPieces(pieces: readonly Piece[]): Buffer[] {
  const out: Buffer[] = [GZIP_HEADER];
  let checksum = 0;
  let length = 0;
  for (const piece of pieces) {
    if (piece.bytes.length === 0) continue;
    if (length === 0) {
      piece.checksum ??= crc32(piece.bytes);
      checksum = piece.checksum;
    } else checksum = crc32(piece.bytes, checksum);
    length += piece.bytes.length;
    if (piece.repeats) {
      piece.deflated ??= deflateRawSync(piece.bytes, { level: GZIP_LEVEL, finishFlush: constants.Z_FULL_FLUSH });
      out.push(piece.deflated);
    } else storeBlocks(piece.bytes, out);
  }
  const trailer = Buffer.allocUnsafe(8);
  trailer.writeUInt32LE(checksum, 0);
  trailer.writeUInt32LE(length >>> 0, 4);
  out.push(LAST_BLOCK, trailer);
  return out;
}

/**
 * The pieces as one brotli stream (RFC 7932). Compressed pieces cannot follow each other, because each begins with a header
 * of the stream: the first piece is compressed up to a flush, the others follow in uncompressed meta-blocks.
 */
export function brotliPieces([first, ...rest]: readonly [Piece, ...Piece[]]): Buffer[] {
  first.brotli ??= brotliCompressSync(first.bytes, {
    finishFlush: constants.BROTLI_OPERATION_FLUSH,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
      [constants.BROTLI_PARAM_SIZE_HINT]: first.bytes.length,
    },
  });
  const out: Buffer[] = [first.brotli];
  for (const { bytes } of rest) storeMetaBlocks(bytes, out);
  out.push(LAST_META_BLOCK);
  return out;
}

function storeBlocks(bytes: Buffer, out: Buffer[]): void {
  for (let start = 0; start < bytes.length; start += MAX_STORED_BYTES) {
    const block = bytes.subarray(start, start + MAX_STORED_BYTES);
    const head = Buffer.allocUnsafe(5);
    head[0] = 0;
    head.writeUInt16LE(block.length, 1);
    head.writeUInt16LE(block.length ^ 0xffff, 3);
    out.push(head, block);
  }
}

/** ISLAST 0, MNIBBLES 4, MLEN - 1 in 16 bits, ISUNCOMPRESSED 1, filled up to a byte (RFC 7932, 9.2). */
function storeMetaBlocks(bytes: Buffer, out: Buffer[]): void {
  for (let start = 0; start < bytes.length; start += MAX_META_BLOCK_BYTES) {
    const block = bytes.subarray(start, start + MAX_META_BLOCK_BYTES);
    const head = Buffer.allocUnsafe(3);
    head.writeUIntLE(((block.length - 1) << 3) | (1 << 19), 0, 3);
    out.push(head, block);
  }
}
