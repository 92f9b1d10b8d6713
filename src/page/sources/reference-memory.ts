import type { Parts } from '../../cache/parts.js';
import type { StoredDocument } from '../../database/collection-source.js';
import type { ReferencedCollection } from '../../database/find-by-ids.js';
import type { ReferenceMemory } from '../../loaders/references.js';
import { collectionTag, entityTag } from '../tags.js';

/** Keeps the documents that sections refer to in the cache, each under its own tags. */
export function createReferenceMemory(parts: Pick<Parts, 'take' | 'begin'>): ReferenceMemory {
  const keyOf = (collection: ReferencedCollection, id: string) => {
    const tag = entityTag(collection, id);
    return { name: `${collection} ${id}`, tags: [collectionTag(collection), ...(tag === undefined ? [] : [tag])] };
  };
  return {
    take: async (collection, ids, maxAgeMs) => {
      const named = new Map(ids.map((id) => [keyOf(collection, id), id]));
      const held = await parts.take([...named.keys()], maxAgeMs);
      return new Map(
        [...named].flatMap(([{ name }, id]) => {
          const part = held.get(name);
          return part === undefined ? [] : [[id, { document: part.value as StoredDocument | null, ageMs: part.ageMs }]];
        }),
      );
    },
    begin: () => {
      const keep = parts.begin();
      return (collection, id, document) => keep(keyOf(collection, id), document);
    },
  };
}
