import type { StoredDocument } from '../database/collection-source.js';
import { documentId } from '../database/document-id.js';
import type { CollectionName } from '../database/models/registry.js';
import type { Section, Viewer } from '../sections/define-section.js';

/** What a document of a collection is called in tags. */
export const entityNames: Readonly<Partial<Record<CollectionName, string>>> = {
  products: 'product',
  stores: 'store',
  events: 'event',
  offers: 'offer',
  categories: 'category',
};

/** Tags of one thing. */
export const sectionTag = (sectionId: string) => `section:${sectionId}`;
export const collectionTag = (collection: CollectionName) => `collection:${collection}`;
export const userTag = (userId: string) => `user:${userId}`;

/** The tag of one document; undefined for collections whose documents have none. */
export function entityTag(collection: CollectionName, id: string | undefined): string | undefined {
  const name = entityNames[collection];
  return name === undefined || id === undefined ? undefined : `${name}:${id}`;
}

/** What every entry of a section depends on, known before it is read. */
export function sectionTags(section: Section, viewer: Viewer | undefined): readonly string[] {
  return [
    sectionTag(section.id),
    ...section.dependsOn.map(collectionTag),
    ...(viewer === undefined ? [] : [userTag(viewer.userId)]),
  ];
}

/** The documents that a page shows, those that its documents refer to included. */
export function entityTags(section: Section, documents: readonly StoredDocument[]): readonly string[] {
  const { collection, references } = section.item;
  const tags = documents.flatMap((document) => [
    entityTag(collection, documentId(document)),
    ...Object.entries(references).map(([field, to]) => {
      const target = document[field] as StoredDocument | null | undefined;
      return target ? entityTag(to, documentId(target)) : undefined;
    }),
  ]);
  return [...new Set(tags.filter((tag) => tag !== undefined))];
}
