import { Types } from 'mongoose';
import type { StoredDocument } from './collection-source.js';

/** Whether a stored value can be a reference. */
export const isObjectId = (value: unknown): value is Types.ObjectId => value instanceof Types.ObjectId;

/** A document's `_id` as text; undefined for kinds of id that no shop's clients could send back. */
export function documentId({ _id }: StoredDocument): string | undefined {
  if (isObjectId(_id)) return _id.toHexString();
  return typeof _id === 'string' || typeof _id === 'number' ? String(_id) : undefined;
}
