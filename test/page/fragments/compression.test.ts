import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { brotliPieces, gzipPieces, type Piece } from '../../../src/page/fragments/compression.js';

const piece = fc.record({
  bytes: fc
    .oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc.lorem({ maxCount: 200 }).map((text) => Buffer.from(text)),
      // Longer than one stored block of either format.
      fc.integer({ min: 65_530, max: 140_000 }).map((length) => Buffer.alloc(length, 'homepage')),
    )
    .map((bytes) => Buffer.from(bytes)),
  repeats: fc.boolean(),
});
const pieces = fc
  .array(piece, { minLength: 1, maxLength: 5 })
  .map(([first, ...rest]): [Piece, ...Piece[]] => [first ?? { bytes: Buffer.alloc(0), repeats: true }, ...rest]);
const identity = (all: readonly Piece[]) => Buffer.concat(all.map(({ bytes }) => bytes));

it('writes gzip members that inflate to the pieces, the first time and from what was kept', () => {
  fc.assert(
    fc.property(pieces, (all) => {
      for (let time = 0; time < 2; time += 1) {
        expect(gunzipSync(Buffer.concat(gzipPieces(all))).equals(identity(all))).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

it('writes brotli streams that inflate to the pieces, the first time and from what was kept', () => {
  fc.assert(
    fc.property(pieces, (all) => {
      for (let time = 0; time < 2; time += 1) {
        expect(brotliDecompressSync(Buffer.concat(brotliPieces(all))).equals(identity(all))).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});

it('compresses a piece that repeats once', () => {
  const repeated: Piece = { bytes: Buffer.from('offers '.repeat(1000)), repeats: true };
  const metadata = (text: string): Piece => ({ bytes: Buffer.from(text), repeats: false });
  const [, first] = gzipPieces([repeated, metadata('one')]);
  const [, second] = gzipPieces([repeated, metadata('two')]);
  expect(second).toBe(first);
  expect(first?.length).toBeLessThan(200);
});
