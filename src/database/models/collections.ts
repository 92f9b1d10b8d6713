import type { SchemaDefinition } from 'mongoose';
import { category } from './category-model.js';
import { event } from './event-model.js';
import { offer } from './offer-model.js';
import { product } from './product-model.js';
import { recommendation } from './recommendation.js';
import { store } from './store-model.js';
import { user } from './user.js';

/** Every collection of the shop's database that the gateway knows. */
export const collections = {
  products: product,
  stores: store,
  events: event,
  offers: offer,
  categories: category,
  users: user,
  recommendations: recommendation,
} as const satisfies Record<string, SchemaDefinition>;

export type CollectionName = keyof typeof collections;

export const collectionNames = Object.keys(collections) as readonly CollectionName[];
