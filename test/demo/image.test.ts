import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderDemoImage } from '../../src/demo/images/image.js';
import { shopCategories } from '../../src/demo/vocabulary.js';
import { collect } from '../support/data/demo-data.js';

/** Tags nest and close, attributes are quoted, no stray `<` or `&`: enough to catch what a browser would refuse. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  const rest = xml.replace(
    /<(\/?)([a-zA-Z]+)((?: [a-zA-Z0-9:-]+="[^"<&]*")*)(\/?)>/g,
    (_, closing, name, __, empty) => {
      if (closing) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return '';
    },
  );
  expect(open).toEqual([]);
  expect(rest.replace(/&#\d+;/g, '')).not.toMatch(/[<>&]/);
}

const shop = collect();
const paths = Object.values(shop).flatMap((documents) =>
  documents.flatMap(({ image, logo }) => [image, logo]).filter(Boolean),
);

describe('demo images', () => {
  it('are small, well-formed and titled SVGs for every path of every document', () => {
    expect(paths.length).toBeGreaterThan(1600);
    for (const path of paths) {
      const svg = renderDemoImage(path) ?? expect.unreachable(path);
      expect(Buffer.byteLength(svg)).toBeLessThan(2048);
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg".*<title>[^<]+<\/title>/);
      expectWellFormed(svg);
    }
  });

  it('depend on nothing but the path', () => {
    const path = '/images/products/aurora-linen-shirt-17.svg';
    expect(renderDemoImage(path)).toBe(renderDemoImage(path));
    expect(renderDemoImage(path)).toContain('<title>Aurora Linen Shirt</title>');
    expect(renderDemoImage(path)).not.toBe(renderDemoImage('/images/products/harbour-linen-shirt-17.svg'));
  });

  it('show what it is: each noun its pictogram, a store its initials, an offer its per cent', () => {
    const box = renderDemoImage('/images/products/unheard-of-thing-1.svg') ?? '';
    const boxDrawing = box.slice(box.indexOf('<circle'));
    for (const { families } of shopCategories) {
      for (const { noun } of families.flatMap(({ nouns }) => nouns)) {
        const svg = renderDemoImage(`/images/products/aurora-${noun.toLowerCase().replaceAll(' ', '-')}-1.svg`) ?? '';
        expect(svg.slice(svg.indexOf('<circle')), noun).not.toBe(boxDrawing);
      }
    }
    expect(renderDemoImage('/images/logos/hawthorn-books-1.svg')).toContain('>HB</text>');
    expect(renderDemoImage('/images/offers/35-off-luna-wool-rug-4.svg')).toContain('>−35%</text>');
  });

  it.each([
    '',
    '/images/products/',
    '/images/products/shirt.svg',
    '/images/users/shirt-1.svg',
    '/images/constructor/shirt-1.svg',
    '/images/products/../../etc/passwd-1.svg',
    '/images/products/Shirt-1.svg',
    '/images/products/shirt--1.svg',
    '/images/products/shirt-1.svg?x=1',
    '/images/products/shirt-1.svg\n',
    '/images/products/<script>-1.svg',
    '/images/products/%3Cscript%3E-1.svg',
    '/images/offers/free-shirt-1.svg',
    `/images/products/${'a'.repeat(300)}-1.svg`,
    `/images/products/${'a-'.repeat(100_000)}.svg`,
  ])('are undefined for %j', (path) => {
    expect(renderDemoImage(path)).toBeUndefined();
  });

  it('never throw and never let odd characters through, whatever the path', () => {
    const kind = fc.constantFrom('products', 'stores', 'logos', 'events', 'offers', 'other');
    const slug = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.stringMatching(/^[a-z0-9-]{0,90}$/),
      fc.constantFrom('__proto__', 'constructor'),
    );
    const likely = fc.tuple(kind, slug, fc.nat()).map(([k, s, n]) => `/images/${k}/${s}-${n}.svg`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), likely), (path) => {
        const svg = renderDemoImage(path);
        if (svg === undefined) return;
        expect(path).toMatch(/^\/images\/[a-z]+\/[a-z0-9-]+\.svg$/);
        expectWellFormed(svg);
      }),
      { numRuns: 500 },
    );
  });
});
