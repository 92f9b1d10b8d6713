import DataLoader from 'dataloader';
import type { Clock } from '../../core/clock.js';
import { EVERYTHING, type InvalidationLog } from '../invalidation-log.js';
import type { EntryRequest, SharedReading } from './shared-store.js';
import type { SharedTier, WaitBudget } from './shared-tier.js';

/** What the shared tier holds under one id, and its clock. */
export interface Reading extends Pick<SharedReading, 'moment' | 'now'> {
  readonly bytes: Buffer | undefined;
  /** Whether it is what was held: then it is not sent. */
  readonly isUnchanged: boolean;
  /** Whether the key holds something of another type. */
  readonly isForeign: boolean;
  /** Monotonic, when the look was sent: the store's `now` was no earlier. */
  readonly sentAt: number;
}

export interface ReadRequest {
  /** Undefined when only tags are looked at. */
  entry: EntryRequest | undefined;
  tags: readonly string[];
  /** Marks up to this count need not be told. */
  since: number;
  budget: WaitBudget;
}

export interface SharedReader {
  /**
   * All that is asked for at one turn of the event loop goes in one round trip. What Redis knows of the tags is in the log when it resolves.
   * `undefined`: the tier is not there, or the budget is used up.
   */
  read(request: ReadRequest): Promise<Reading | undefined>;
}

export function createSharedReader(options: {
  tier: SharedTier;
  log: InvalidationLog;
  clock: Clock;
  /** Redis has another incarnation than before: it may have lost what it was told. */
  onReincarnation: () => void;
}): SharedReader {
  const { tier, log, clock, onReincarnation } = options;

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
    /** By how they are named below: callers who hold the same copy ask for it once. */
    const entries = new Map<string, EntryRequest>();
    const nameOf = ({ id, head }: EntryRequest) => id + head;
    for (const { entry } of requests) if (entry !== undefined) entries.set(nameOf(entry), entry);
    const since = Math.min(...requests.map((request) => request.since));
    const tags = [...new Set([EVERYTHING, ...requests.flatMap((request) => request.tags)])];
    // The least of what those who share the round trip may wait.
    const leftMs = Math.min(...requests.map(({ budget }) => budget.leftMs));
    const budget = { leftMs };
    const sentAt = clock.monotonic();
    const known = log.moment?.count ?? 0;
    const answer = await tier.attempt(
      (store) => store.read({ entries: [...entries.values()], tags, since, known }),
      budget,
    );
    for (const request of requests) request.budget.leftMs -= leftMs - budget.leftMs;
    if (!answer) return requests.map(() => undefined);
    const { moment, now, foreign } = answer.value;
    hear(tags, answer.value);
    const found = new Map([...entries.keys()].map((name, index) => [name, answer.value.entries[index]]));
    return requests.map(({ entry }) => {
      const bytes = entry && found.get(nameOf(entry));
      return {
        ...(bytes === 'unchanged' ? { bytes: undefined, isUnchanged: true } : { bytes, isUnchanged: false }),
        isForeign: entry !== undefined && foreign.includes(entry.id),
        ...{ moment, now, sentAt },
      };
    });
  };
  const loader = new DataLoader<ReadRequest, Reading | undefined>(readBatch, {
    cache: false,
    // Requests that come together share a round trip.
    batchScheduleFn: clock.soon,
  });

  return {
    read: async (request) => (tier.available && request.budget.leftMs > 0 ? await loader.load(request) : undefined),
  };
}
