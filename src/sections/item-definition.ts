import type { ReferenceFields } from '../database/find-by-ids.js';
import type { CollectionName } from '../database/models/collections.js';

/** A kind of item: what clients see of a document, and what is read for it. */
export interface ItemDefinition {
  /** The GraphQL object type, a type-graphql class. A document that lacks what it says is non-null is left out. */
  type: () => new () => object;
  /** Where its documents are. */
  collection: CollectionName;
  /** The fields that a find reads, in this order. */
  select: readonly string[];
  /** Which of them are references, and to what. */
  references: ReferenceFields;
}
