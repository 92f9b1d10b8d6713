import type { CollectionName } from './models/collections.js';

/** The collections that documents refer to, and what is read of a document that another one refers to. */
export const referenced = {
  categories: ['name', 'slug'],
  stores: ['name', 'logo', 'image', 'rating'],
} as const satisfies Partial<Record<CollectionName, readonly string[]>>;

export type ReferencedCollection = keyof typeof referenced;

/** Which fields of a document hold the ObjectId of a document of which collection. */
export type ReferenceFields = Readonly<Record<string, ReferencedCollection>>;
