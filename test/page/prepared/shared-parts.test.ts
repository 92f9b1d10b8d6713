import { describe, expect, it } from 'vitest';
import { selectionOf } from '../../../src/page/fragments/selection.js';
import { metadataPart, type Part } from '../../../src/page/prepared/prepared-operation.js';
import { createPartSharing } from '../../../src/page/prepared/shared-parts.js';
import { registry } from '../../../src/sections/registry.js';

const [section] = registry;
if (section === undefined) throw new Error('there are no sections');

const fields = (names: readonly string[]) => selectionOf(names.map((name) => ({ key: name, name })));

const partsWith = (names: readonly string[], page = 0): Part[] => [
  '{"data":',
  { page, section, selection: fields(names) },
  metadataPart(page, fields(['ttl'])),
];

describe('the parts of operations', () => {
  it('are kept once when they write the same, and cost once', () => {
    const share = createPartSharing();
    const [first, second] = [share(partsWith(['title', 'total'])), share(partsWith(['title', 'total']))];
    expect(second.parts).toBe(first.parts);
    expect(first.bytes).toBeGreaterThan(0);
    expect(second.bytes).toBe(0);
  });

  it.each([
    ['another selection', partsWith(['total', 'title'])],
    ['another page', partsWith(['title', 'total'], 1)],
    ['other metadata', [...partsWith(['title', 'total']).slice(0, 2), metadataPart(0, fields(['timestamp']))]],
    ['another text', ['{"data" :', ...partsWith(['title', 'total']).slice(1)]],
  ])('are others with %s', (_, parts) => {
    const share = createPartSharing();
    const first = share(partsWith(['title', 'total']));
    expect(share(parts).parts).not.toBe(first.parts);
    expect(share(parts).parts).toEqual(parts);
  });

  it('are bounded: the least recently used are forgotten, and cost again', () => {
    const share = createPartSharing({ maxBytes: 4000 });
    const first = share(partsWith(['title']));
    for (let index = 0; index < 20; index += 1) share(partsWith([`field${index}`]));
    expect(share(partsWith(['title'])).bytes).toBe(first.bytes);
  });
});
