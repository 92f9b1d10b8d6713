import type { Stamp, TagStamps } from '../stamp.js';
import type { SharedReading } from './shared-store.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** What the shared tier holds under one id, and the present stamps of the tags that were asked for. */
export interface Reading {
  readonly bytes: Buffer | undefined;
  readonly stamps: ReadonlyMap<string, TagStamps | undefined>;
  readonly moment: Stamp;
}

export interface BatchedReader {
  /** All that is asked for in one tick goes in one round trip. `undefined`: the tier is not there. */
  read(id: string | undefined, tags: readonly string[], budget: WaitBudget): Promise<Reading | undefined>;
}

interface Batch {
  ids: string[];
  /** The least of what those who share the batch may wait. */
  budget: WaitBudget;
  tags: Map<string, number>;
  answer: Promise<SharedReading | undefined>;
}

export function createBatchedReader(options: { tier: SharedTier }): BatchedReader {
  const { tier } = options;
  let open: Batch | undefined;

  const openBatch = (): Batch => {
    const batch: Batch = { ids: [], tags: new Map(), budget: tier.budget(), answer: Promise.resolve(undefined) };
    batch.answer = afterThisTick().then(async () => {
      open = undefined;
      const request = { ids: batch.ids, tags: [...batch.tags.keys()] };
      return (await tier.attempt((store) => store.read(request), batch.budget))?.value;
    });
    return batch;
  };

  return {
    read: async (id, tags, budget) => {
      if (!tier.available || budget.leftMs <= 0) return undefined;
      open ??= openBatch();
      const batch = open;
      const { leftMs } = budget;
      batch.budget.leftMs = Math.min(batch.budget.leftMs, leftMs);
      const index = id === undefined ? -1 : batch.ids.push(id) - 1;
      for (const tag of tags) if (!batch.tags.has(tag)) batch.tags.set(tag, batch.tags.size);
      const answer = await batch.answer;
      budget.leftMs = Math.min(leftMs, batch.budget.leftMs);
      if (!answer) return undefined;
      return {
        bytes: answer.entries[index],
        stamps: new Map(tags.map((tag) => [tag, answer.tags[batch.tags.get(tag) ?? -1]])),
        moment: answer.moment,
      };
    },
  };
}

/** After every promise that is settled already has been heard, as DataLoader does it. */
function afterThisTick(): Promise<void> {
  return Promise.resolve().then(() => new Promise((resolve) => process.nextTick(resolve)));
}
