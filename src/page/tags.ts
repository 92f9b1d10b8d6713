import type { StoredDocument } from '../database/collection-source.js';
import { documentId } from '../database/document-id.js';
import type { CollectionName } from '../database/models/collections.js';
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

/**
 * The documents of a list, and those that they refer to by id, found or not: a store that does not exist yet is shown as soon
 * as it does.
 */
export function entityTags(
  section: Section,
  documents: readonly StoredDocument[],
  references: ReadonlyMap<CollectionName, readonly string[]>,
): readonly string[] {
  const tags = [
    ...documents.map((document) => entityTag(section.item.collection, documentId(document))),
    ...[...references].flatMap(([collection, ids]) => ids.map((id) => entityTag(collection, id))),
  ];
  return [...new Set(tags.filter((tag) => tag !== undefined))];
}
