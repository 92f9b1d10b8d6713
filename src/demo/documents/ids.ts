import { ObjectId } from 'bson';
import { seedFor } from '../demo-random.js';
import type { CollectionName } from '../scale.js';

/** The time part of every demo ObjectId: 2024-01-01T00:00:00Z in seconds. */
const idEpochSeconds = 1_704_067_200;

/** Makes the ids of one collection: the `_id` of document `index`. They rise with the index, as real ObjectIds do. */
export function createIds(seed: number, collection: CollectionName): (index: number) => ObjectId {
  const processPart = seedFor(seed, `id:${collection}`);
  return (index) => {
    const bytes = Buffer.allocUnsafe(12);
    bytes.writeUInt32BE(idEpochSeconds, 0);
    bytes.writeUInt32BE(processPart, 4);
    bytes.writeUInt32BE(index, 8);
    return new ObjectId(bytes);
  };
}
