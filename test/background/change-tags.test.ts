import { describe, expect, it } from 'vitest';
import { changedTags } from '../../src/background/change-tags.js';
import type { Change } from '../../src/database/changes.js';
import { registry } from '../../src/sections/registry.js';
import { sectionsShowing, tagsOf } from '../support/data/sections.js';

const ID = '507f1f77bcf86cd799439011';
const tags = (change: Partial<Change>, userId?: string) =>
  changedTags({
    change: {
      ...{ type: 'update', collection: 'products', id: ID, fields: [] },
      document: undefined,
      madeAt: undefined,
      ...change,
    },
    registry,
    userId,
  });
const productSections = tagsOf(sectionsShowing('products'));

describe('tags of a change', () => {
  it.each<[string, Partial<Change>, string[], string[]]>([
    ['a name', { fields: ['name'] }, [...productSections, `product:${ID}`], []],
    ['a price', { fields: ['price', 'views'] }, productSections, [`product:${ID}`]],
    ['stock', { fields: ['inventory'] }, [...productSections, `product:${ID}`], []],
    ['a counter', { fields: ['views'] }, [], []],
    ['a field that nobody reads', { fields: ['warehouse'] }, [], []],
    ['no field at all', { fields: [] }, [], []],
    ['an insert', { type: 'insert' }, [...productSections, `product:${ID}`], []],
    ['a delete', { type: 'delete' }, productSections, [`product:${ID}`]],
    ['a replacement', { type: 'replace' }, productSections, [`product:${ID}`]],
    [
      'a store',
      { collection: 'stores', fields: ['rating'] },
      [...tagsOf(sectionsShowing('stores')), `store:${ID}`],
      [],
    ],
    [
      'a sale price',
      { collection: 'offers', fields: ['metadata'] },
      tagsOf(sectionsShowing('offers')),
      [`offer:${ID}`],
    ],
    ['an event', { collection: 'events', fields: ['date'] }, [...tagsOf(sectionsShowing('events')), `event:${ID}`], []],
    ['a category', { collection: 'categories', fields: ['name'] }, [`category:${ID}`], []],
    ['a category that comes', { collection: 'categories', type: 'insert' }, [`category:${ID}`], []],
    ['a collection that was replaced', { type: 'other', collection: 'stores' }, ['collection:stores'], []],
    ['the whole database', { type: 'other', collection: undefined }, tagsOf(registry), []],
  ])('%s', (_, change, soft, hard) => {
    expect(tags(change)).toEqual({ soft, hard });
  });

  it("a recommendation touches its user, or everybody's section when the user is not known", () => {
    expect(tags({ collection: 'recommendations', fields: ['items'] }, ID)).toEqual({ soft: [`user:${ID}`], hard: [] });
    const personal = registry.filter(({ scope }) => scope === 'personal');
    expect(tags({ collection: 'recommendations', type: 'delete' })).toEqual({ soft: tagsOf(personal), hard: [] });
  });
});
