import type { Document } from 'bson';
import { at } from '../demo-random.js';
import type { Shop } from '../demo-shop.js';
import { slugify } from '../text.js';
import people from '../words/people.json' with { type: 'json' };
import { drawDate } from './numbers.js';

/** The user at an index. The lengths of the name lists have no common divisor, so that hundreds of full names are unique. */
export function userDocument(shop: Shop, index: number): Document {
  const place = index + shop.offset('users');
  const first = at(people.firstNames, place);
  const last = at(people.lastNames, place);
  return {
    _id: shop.id('users', index),
    name: `${first} ${last}`,
    email: `${slugify(first)}.${slugify(last)}@example.com`,
    createdAt: drawDate(shop.random('users', index), shop.day, -900, -10),
  };
}
