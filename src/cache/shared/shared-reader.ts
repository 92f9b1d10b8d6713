import DataLoader from 'dataloader';
import { EVERYTHING, type InvalidationLog } from '../invalidation-log.js';
import type { SharedReading } from './shared-store.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** What the shared tier holds under one id, and its clock. */
export interface Reading extends Pick<SharedReading, 'moment' | 'now'> {
  readonly bytes: Buffer | undefined;
  /** Whether the key holds something of another type. */
  readonly isForeign: boolean;
  /** Monotonic, when the look was sent: the store's `now` was no earlier. */
  readonly sentAt: number;
}

export interface ReadRequest {
  /** Undefined when only tags are looked at. */
  id: string | undefined;
  tags: readonly string[];
  budget: WaitBudget;
}

export interface SharedReader {
  /**
   * All that is asked for in one tick goes in one round trip. What Redis knows of the tags is in the log when it resolves.
   * `undefined`: the tier is not there, or the budget is used up.
   */
  read(request: ReadRequest): Promise<Reading | undefined>;
}

export function createSharedReader(options: {
  tier: SharedTier;
  log: InvalidationLog;
  monotonic: () => number;
  /** Redis has another incarnation than before: it may have lost what it was told. */
  onReincarnation: () => void;
}): SharedReader {
  const { tier, log, monotonic, onReincarnation } = options;

  const hear = (tags: readonly string[], { marks, moment, floor }: SharedReading) => {
    const isAnother = log.sync(moment, floor);
    for (const [index, tag] of tags.entries()) {
      const { soft = 0, hard = 0 } = marks[index] ?? {};
      if (soft > 0) log.hear(tag, 'soft', soft);
      if (hard > 0) log.hear(tag, 'hard', hard);
    }
    if (isAnother) onReincarnation();
  };

  const readBatch = async (requests: readonly ReadRequest[]): Promise<(Reading | undefined)[]> => {
    const ids = requests.flatMap(({ id }) => (id === undefined ? [] : [id]));
    const tags = [...new Set([EVERYTHING, ...requests.flatMap((request) => request.tags)])];
    // The least of what those who share the round trip may wait.
    const leftMs = Math.min(...requests.map(({ budget }) => budget.leftMs));
    const budget = { leftMs };
    const sentAt = monotonic();
    const known = log.moment?.count ?? 0;
    const answer = await tier.attempt((store) => store.read({ ids, tags, known }), budget);
    for (const request of requests) request.budget.leftMs -= leftMs - budget.leftMs;
    if (!answer) return requests.map(() => undefined);
    const { entries, moment, now, foreign } = answer.value;
    hear(tags, answer.value);
    return requests.map(({ id }) => {
      const isForeign = id !== undefined && foreign.includes(id);
      return { bytes: id === undefined ? undefined : entries[ids.indexOf(id)], isForeign, moment, now, sentAt };
    });
  };
  const loader = new DataLoader<ReadRequest, Reading | undefined>(readBatch, { cache: false });

  return {
    read: async (request) => (tier.available && request.budget.leftMs > 0 ? await loader.load(request) : undefined),
  };
}
